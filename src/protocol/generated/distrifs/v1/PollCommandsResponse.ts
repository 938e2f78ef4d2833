// Original file: proto/distrifs/v1/datanode.proto

import type { Command as _distrifs_v1_Command, Command__Output as _distrifs_v1_Command__Output } from '../../distrifs/v1/Command.js';
import type { Long } from '@grpc/proto-loader';

export interface PollCommandsResponse {
  'term'?: (number | string | Long);
  'needsRegistration'?: (boolean);
  'commands'?: (_distrifs_v1_Command)[];
}

export interface PollCommandsResponse__Output {
  'term': (number);
  'needsRegistration': (boolean);
  'commands': (_distrifs_v1_Command__Output)[];
}
