import { describe } from 'vitest';
import { memoryConformance } from './memory.js';
import { SUBJECTS } from './subjects.js';

describe.each(SUBJECTS)('Memory of $name', memoryConformance);
