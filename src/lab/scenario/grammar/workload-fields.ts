/** Writes an entry of `workload` in the grammar that readWorkload reads. */
import { perSecondOf } from '../../workloads/workload-types.js';
import type { Workload } from '../../workloads/workload-types.js';
import { formatSize } from '../model/amounts.js';

/** Every default said, every amount exact. */
export function workloadFields(workload: Workload): Readonly<Record<string, unknown>> {
  const { type, clients, sizeBytesMin, sizeBytesMax } = workload;
  const perSecond = perSecondOf(workload);
  const [low, high] = [formatSize(sizeBytesMin), formatSize(sizeBytesMax)];
  return {
    type,
    clients,
    ...(perSecond === undefined ? {} : { rate: `${perSecond}/s` }),
    size: low === high ? low : `${low}-${high}`,
    ...('names' in workload ? { names: workload.names } : {}),
  };
}
