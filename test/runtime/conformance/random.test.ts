import { describe } from 'vitest';
import { randomConformance } from './random.js';
import { PLAIN_SUBJECTS } from './subjects.js';

describe.each(PLAIN_SUBJECTS)('Random of $name', randomConformance);
