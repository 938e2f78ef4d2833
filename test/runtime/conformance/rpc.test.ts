import { describe } from 'vitest';
import { rpcCallConformance } from './rpc-calls.js';
import { rpcConnectionConformance } from './rpc-connections.js';
import { rpcStreamConformance } from './rpc-streams.js';
import { PLAIN_SUBJECTS } from './subjects.js';

describe.each(PLAIN_SUBJECTS)('Rpc of $name', (subject) => {
  rpcCallConformance(subject);
  rpcConnectionConformance(subject);
  rpcStreamConformance(subject);
});
