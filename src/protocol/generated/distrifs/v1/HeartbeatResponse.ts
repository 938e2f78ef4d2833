// Original file: proto/distrifs/v1/datanode.proto

import type { Command as _distrifs_v1_Command, Command__Output as _distrifs_v1_Command__Output } from '../../distrifs/v1/Command.js';
import type { Long } from '@grpc/proto-loader';

export interface HeartbeatResponse {
  'term'?: (number | string | Long);
  'needsRegistration'?: (boolean);
  'needsFullReport'?: (boolean);
  'commands'?: (_distrifs_v1_Command)[];
}

export interface HeartbeatResponse__Output {
  'term': (number);
  'needsRegistration': (boolean);
  'needsFullReport': (boolean);
  'commands': (_distrifs_v1_Command__Output)[];
}
