/** How many files and connections the system lets this process have open. */
import { readFileSync } from 'node:fs';

/** The limit of this process (the soft one, which Node raises to the hard one at its start); null where the system does not tell. */
export function descriptorLimit(): number | null {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1');
    const soft = /^Max open files +(\d+|unlimited)/m.exec(limits)?.[1];
    return soft === undefined ? null : soft === 'unlimited' ? Infinity : Number(soft);
  } catch {
    return null;
  }
}
