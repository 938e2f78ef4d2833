import { describe } from 'vitest';
import { diskDurabilityConformance } from './disk-durability.js';
import { diskFileConformance } from './disk-files.js';
import { diskNameConformance } from './disk-names.js';
import { SUBJECTS } from './subjects.js';

describe.each(SUBJECTS)('Disk of $name', (subject) => {
  diskFileConformance(subject);
  diskNameConformance(subject);
  if (subject.canCutPower) diskDurabilityConformance(subject);
});
