// Original file: proto/distrifs/v1/datanode.proto

import type { Long } from '@grpc/proto-loader';

/**
 * End a copy that was commanded in the same term, if it has not ended. A copy that is ended so is reported as a failure of its command.
 */
export interface CancelCommand {
  'commandId'?: (number | string | Long);
}

/**
 * End a copy that was commanded in the same term, if it has not ended. A copy that is ended so is reported as a failure of its command.
 */
export interface CancelCommand__Output {
  'commandId': (number);
}
