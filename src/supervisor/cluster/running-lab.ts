/** Who runs a lab, and its processes, written down for the sweep, should the lab be killed. */
import { DfsError } from '../../shared/errors.js';
import type { LabFolder } from '../folder/lab-folder.js';
import { writeRunningRecord } from '../folder/lab-record.js';
import type { ClusterNodes } from './cluster-nodes.js';
import { identityOf } from '../folder/process-identity.js';

/**
 * @param scenario whose run it is; undefined: of none
 * @throws DfsError INTERNAL when the system does not report the identity of this process
 */
export function recordRunning({ dir, temporary, control }: LabFolder, nodes: ClusterNodes, scenario: string | undefined): void {
  const owner = identityOf(process.pid);
  if (owner === null) throw new DfsError('INTERNAL', 'Cannot read the start time of the own process');
  const children = [{ id: 'host', pid: nodes.host.pid }, ...nodes.all, ...nodes.clones].flatMap(({ id, pid }) => {
    const identity = pid === null ? null : identityOf(pid);
    return identity === null ? [] : [{ id, ...identity }];
  });
  const ofRun = scenario === undefined ? {} : { scenario };
  writeRunningRecord(dir, { owner, temporary, control, ...ofRun, children });
}
