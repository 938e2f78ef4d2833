import { describe } from 'vitest';
import { computeConformance } from './compute.js';
import { PLAIN_SUBJECTS } from './subjects.js';

describe.each(PLAIN_SUBJECTS)('Compute of $name', computeConformance);
