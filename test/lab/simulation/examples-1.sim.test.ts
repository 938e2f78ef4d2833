import { passExamples } from './pass-examples.js';

passExamples(0);
