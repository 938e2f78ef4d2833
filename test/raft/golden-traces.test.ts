/**
 * The traces in testdata: commands in ("> …"), what happens out. In the spirit of etcd-io/raft's testdata: rewrite (vitest -u) only a
 * change that you can explain.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ScriptedGroup } from './scripted-group.js';

const FOLDER = new URL('testdata/', import.meta.url);

/** The script with the trace of today. */
function replay(script: string): string {
  const group = new ScriptedGroup();
  const lines = script.split('\n').filter((line) => line.startsWith('> ') || line.startsWith('# '));
  const told = lines.flatMap((line) =>
    line.startsWith('# ') ? ['', line] : [line, ...group.run(line.slice(2)).map((each) => `  ${each}`)],
  );
  return `${told.join('\n').trim()}\n`;
}

test.each(readdirSync(FOLDER))('raft: the trace %s', async (name) => {
  const file = new URL(name, FOLDER);
  await expect(replay(readFileSync(file, 'utf8'))).toMatchFileSnapshot(file.pathname);
});
