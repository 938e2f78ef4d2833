import { NETWORK_PROOFS } from './network-proofs.js';
import { proveEffects } from './prove-effects.js';

proveEffects(NETWORK_PROOFS, { masters: 3, datanodes: 4, replication: 3 });
