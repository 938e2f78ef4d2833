import { NODE_PROOFS } from './node-proofs.js';
import { proveEffects } from './prove-effects.js';

proveEffects(NODE_PROOFS, { masters: 1, datanodes: 4, replication: 3 });
