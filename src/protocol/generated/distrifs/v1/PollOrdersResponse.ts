// Original file: proto/distrifs/v1/datanode.proto

import type { Order as _distrifs_v1_Order, Order__Output as _distrifs_v1_Order__Output } from '../../distrifs/v1/Order.js';
import type { Long } from '@grpc/proto-loader';

export interface PollOrdersResponse {
  'term'?: (number | string | Long);
  'needsRegistration'?: (boolean);
  'orders'?: (_distrifs_v1_Order)[];
}

export interface PollOrdersResponse__Output {
  'term': (number);
  'needsRegistration': (boolean);
  'orders': (_distrifs_v1_Order__Output)[];
}
