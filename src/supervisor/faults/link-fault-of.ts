/** Turns a fault of the network into the fault of a link, simulated or real: one meaning for both. Pure. */
import type { LinkFault } from '../../runtime/faults/link-fault.js';
import type { NetworkFault } from '../api/fault.js';

export function linkFaultOf(fault: NetworkFault): LinkFault {
  switch (fault.action) {
    case 'partition':
    case 'isolate':
      return { kind: fault.kind };
    case 'delay':
      return { kind: 'delay', delayMs: fault.delayMs, jitterMs: fault.jitterMs };
    case 'bandwidth':
      return { kind: 'bandwidth', bytesPerSecond: fault.bytesPerSecond };
    case 'reset':
    case 'refuse':
      return { kind: fault.action };
  }
}
