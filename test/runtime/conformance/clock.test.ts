import { describe } from 'vitest';
import { clockConformance } from './clock.js';
import { SUBJECTS } from './subjects.js';

describe.each(SUBJECTS)('Clock of $name', clockConformance);
