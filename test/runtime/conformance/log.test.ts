import { describe } from 'vitest';
import { logConformance } from './log.js';
import { PLAIN_SUBJECTS } from './subjects.js';

describe.each(PLAIN_SUBJECTS)('Logger of $name', logConformance);
