/** The tables of workloads in the documents have a row for each type. */
import { expect, test } from 'vitest';
import { WORKLOAD_TYPES } from '../../src/lab/workloads/workload-types.js';
import { readText } from './sources.js';

test.each(['README.md', 'docs/scenario-files.md'])('%s: the table of workloads has a row for each type', (file) => {
  const [, table = ''] = /^\| (?:type|workload) .*what its clients do.*\n((?:\|.*\n)+)/m.exec(readText(file)) ?? [];
  const rows = [...table.matchAll(/^\| `([\w-]+)`/gm)].map(([, type]) => type);
  expect(rows).toEqual(WORKLOAD_TYPES);
});
