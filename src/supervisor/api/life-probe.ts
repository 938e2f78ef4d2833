/** Looks at the lives of nodes themselves, so that a fault is believed when it was seen and not when it was requested. */

export interface LifeProbe {
  /** @param life as NodeInfo has it */
  isAlive(life: number): boolean;
  /** It is there and does not run; null where the system does not say. */
  isSuspended(life: number): boolean | null;
}
