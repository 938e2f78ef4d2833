// Original file: proto/distrifs/v1/datanode.proto

import type { Order as _distrifs_v1_Order, Order__Output as _distrifs_v1_Order__Output } from '../../distrifs/v1/Order.js';
import type { Long } from '@grpc/proto-loader';

export interface HeartbeatResponse {
  'term'?: (number | string | Long);
  'needsRegistration'?: (boolean);
  'needsFullReport'?: (boolean);
  'orders'?: (_distrifs_v1_Order)[];
}

export interface HeartbeatResponse__Output {
  'term': (number);
  'needsRegistration': (boolean);
  'needsFullReport': (boolean);
  'orders': (_distrifs_v1_Order__Output)[];
}
