import { describe } from 'vitest';
import { netConnectionConformance } from './net-connections.js';
import { netStreamConformance } from './net-streams.js';
import { PLAIN_SUBJECTS } from './subjects.js';

describe.each(PLAIN_SUBJECTS)('Net of $name', (subject) => {
  netStreamConformance(subject);
  netConnectionConformance(subject);
});
