/** The time that a run lives in: real with `lab run`, virtual with `lab sim`. Nothing of a run looks at another clock. */
import type { Clock } from '../../shared/runtime.js';

export type RunClock = Pick<Clock, 'nowMs' | 'sleep'>;
