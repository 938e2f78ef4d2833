/** How many masters a fault may take the disk of, so that the guarantees still hold: a majority keeps its log. Pure. */
import { LastCopySpared, NothingToDamage } from '../api/fault.js';

export interface MasterHealth {
  readonly id: string;
  /** It runs, answers, has a vote, and its log is whole as far as the lab knows. */
  readonly isWhole: boolean;
}

const majorityOf = (count: number): number => Math.floor(count / 2) + 1;

/**
 * Checks that these masters may lose their logs, or parts of them.
 * @param needsAll no other master may be unwell: what is lost altogether must not meet what is half lost
 * @throws LastCopySpared with the masters that are not whole
 */
export function assertLogsSpared(masters: readonly MasterHealth[], losing: readonly string[], needsAll: boolean): void {
  const struck = masters.filter(({ id }) => losing.includes(id));
  if (struck.length === 0) return;
  const names = struck.map(({ id }) => id).join(', ');
  if (masters.length === 1) throw new LastCopySpared(`${names} is the only master: its log has no other copy`);
  const others = masters.filter(({ id }) => !losing.includes(id));
  const unwell = others.filter(({ isWhole }) => !isWhole);
  const whole = others.length - unwell.length;
  const needed = needsAll ? Math.max(others.length, majorityOf(masters.length)) : majorityOf(masters.length);
  if (whole >= needed) return;
  const why = unwell.length === 0 ? '' : ` (not ${unwell.map(({ id }) => id).join(', ')})`;
  throw new LastCopySpared(`without ${names}, ${whole} of ${masters.length} masters are whole${why}, and ${needed} are needed`);
}

/** Checks that a fault that concerns the group of masters as a whole is given all of them. @throws NothingToDamage */
export function assertAllMasters(nodeIds: readonly string[], masterIds: readonly string[]): void {
  const others = nodeIds.filter((id) => !masterIds.includes(id));
  if (others.length === 0 && masterIds.every((id) => nodeIds.includes(id))) return;
  throw new NothingToDamage(
    `only all masters together make a new cluster: ${masterIds.join(', ')}, and not ${nodeIds.join(', ')}`,
  );
}
