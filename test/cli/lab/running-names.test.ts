import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeNames, rackNames } from '../../../src/cli/lab/running-names.js';
import { resolveShape } from '../../../src/supervisor/api/cluster-options.js';
import { writeLabRecord, writeRunningRecord } from '../../../src/supervisor/folder/lab-record.js';
import { identityOf } from '../../../src/supervisor/folder/process-identity.js';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-'));
  const node = (id: string, role: 'master' | 'datanode', rack: string) => ({ id, role, rack, address: '127.0.0.1:1' });
  const nodes = [node('m-1', 'master', 'none'), node('dn-1', 'datanode', 'rack-1'), node('dn-2', 'datanode', 'rack-1')];
  writeLabRecord(dir, { shape: resolveShape({}, null), nodes });
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** As a lab does that runs in this process. */
function start(): void {
  const control = join(dir, 'control.sock');
  writeFileSync(control, '');
  writeRunningRecord(dir, { owner: identityOf(process.pid)!, temporary: false, control, children: [] });
}

const values = (found: readonly { readonly value: string }[]): string[] => found.map(({ value }) => value);

test('nodeNames: of a running lab, behind names that are there already', () => {
  start();
  expect(values(nodeNames('', dir))).toEqual(['m-1', 'dn-1', 'dn-2']);
  expect(values(nodeNames('', dir, 'master'))).toEqual(['m-1']);
  expect(values(nodeNames('dn-1,m', dir))).toEqual(['dn-1,m-1', 'dn-1,dn-2']);
  expect(values(rackNames('', dir))).toEqual(['rack-1']);
});

test('nodeNames: none where no lab runs', () => {
  expect(nodeNames('', dir)).toEqual([]);
  expect(nodeNames('', join(dir, 'nowhere'))).toEqual([]);
});
