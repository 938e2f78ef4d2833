import { CLOCK_PROOFS } from './clock-proofs.js';
import { DISK_PROOFS } from './disk-proofs.js';
import { proveEffects } from './prove-effects.js';

proveEffects({ ...DISK_PROOFS, ...CLOCK_PROOFS }, { masters: 1, datanodes: 4, replication: 3 });
