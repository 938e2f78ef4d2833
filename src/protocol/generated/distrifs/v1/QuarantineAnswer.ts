// Original file: proto/distrifs/v1/data.proto

import type { QuarantineItem as _distrifs_v1_QuarantineItem, QuarantineItem__Output as _distrifs_v1_QuarantineItem__Output } from '../../distrifs/v1/QuarantineItem.js';

export interface QuarantineAnswer {
  'items'?: (_distrifs_v1_QuarantineItem)[];
  'hasMore'?: (boolean);
}

export interface QuarantineAnswer__Output {
  'items': (_distrifs_v1_QuarantineItem__Output)[];
  'hasMore': (boolean);
}
