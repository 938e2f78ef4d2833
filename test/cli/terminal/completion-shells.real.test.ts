import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const PROGRAMS = ['lab', 'distrifs', 'distrifs-lab'] as const;
const BIN = fileURLToPath(new URL('../../../bin/', import.meta.url));
let folder: string;

const hasShell = (name: string): boolean => spawnSync(name, ['-c', 'exit 0']).error === undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'completion-'));
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'examples'));
  writeFileSync(join(folder, 'extra.yaml'), '');
  for (const name of PROGRAMS) {
    const file = join(folder, 'bin', name);
    writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${BIN}${name}.cjs' "$@"\n`);
    chmodSync(file, 0o755);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const path = `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`;
  const options = { cwd: folder, env: { PATH: path, HOME: folder, TERM: 'dumb', ...env } };
  return new Promise((resolve) => {
    const child = execFile(file, args, options, (error, out, err) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out, err });
    });
    child.stdin?.end();
  });
}

/** Calls the function that the script registered, as readline does; what it asks of readline is printed, too. */
const BASH = `
for program in lab distrifs distrifs-lab; do source <($program completion bash); done
compopt() { printf 'compopt %s\\n' "$*"; }
try() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  \${FUNCTION:-_lab_completion}
  printf '%s\\n' "\${COMPREPLY[@]}"
}
`;

async function inBash(line: string): Promise<string[]> {
  const { code, out, err } = await run('bash', ['-c', `${BASH}${line}`]);
  expect([code, err]).toEqual([0, '']);
  return out.split('\n').filter((text) => text !== '');
}

test('completion bash: offers commands, options and values, and leaves files to readline', async (context) => {
  context.skip(!hasShell('bash'), 'bash is not installed');
  expect(await inBash('try lab ki')).toEqual(['compopt +o default', 'kill']);
  expect(await inBash('try lab run --runtime = th')).toEqual(['compopt +o default', 'thread']);
  expect(await inBash('try lab run --runtime =')).toEqual(['compopt +o default', 'process', 'thread']);
  expect(await inBash("try lab run ''")).toEqual([]);
  expect(await inBash("try lab check ''")).toEqual(['compopt +o default -o dirnames']);
  expect(await inBash('FUNCTION=_distrifs_completion; try distrifs admin log-')).toEqual(['compopt +o default', 'log-inspect']);
  expect(await inBash('FUNCTION=_distrifs_lab_completion; try distrifs-lab --datan')).toEqual([
    'compopt +o default',
    '--datanodes',
  ]);
  // What was typed is never run.
  await inBash("try lab kill '$(touch hit)' '`touch hit`' ''");
  expect(existsSync(join(folder, 'hit'))).toBe(false);
});

test('completion fish: offers commands, options, values and files', async (context) => {
  context.skip(!hasShell('fish'), 'fish is not installed');
  const lines = ['lab ki', 'lab run --runtime=th', 'lab run ex', 'lab check ex', 'lab report --out=ex', 'distrifs-lab --datan'];
  const script = ['for p in lab distrifs distrifs-lab; $p completion fish | source; end'];
  for (const line of lines) script.push(`echo '# ${line}'`, `complete -C '${line}'`);
  script.push('complete -C \'lab kill "(touch hit)" \'');
  const { out, err } = await run('fish', ['-N', '-c', script.join('\n')]);
  expect(err).toBe('');
  const offered = out.split(/^# .*\n/m).map((part) =>
    part
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => text.split('\t')[0]),
  );
  expect(offered.slice(1, 7)).toEqual([
    ['kill'],
    ['--runtime=thread'],
    expect.arrayContaining(['examples/', 'extra.yaml']),
    ['examples/'],
    expect.arrayContaining(['--out=examples/', '--out=extra.yaml']),
    ['--datanodes'],
  ]);
  expect(existsSync(join(folder, 'hit'))).toBe(false);
});

/** Types a line and the tabulator key into an interactive zsh, and prints what the line has become. */
const ZSH = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1= RPS1=; autoload -Uz compinit && compinit -D -u; unsetopt beep; zmodload zsh/zle'
zpty -w shell 'for p in lab distrifs distrifs-lab; do source <($p completion zsh); done'
zpty -w shell 'shown() { print -r -- "<<$BUFFER>>"; BUFFER= }; zle -N shown; bindkey "^G" shown'
zpty -w shell 'print rea""dy'
zpty -r -m shell seen '*ready*'
for line in "$@"; do
  zpty -w -n shell "$line"$'\\t'$'\\C-g'
  zpty -r -m shell seen '*<<*>>*'
  print -r -- "\${\${seen##*<<}%%>>*}"
done
zpty -d shell
`;

test('completion zsh: completes commands, options, values and files', async (context) => {
  context.skip(!hasShell('zsh'), 'zsh is not installed');
  const lines = [
    'lab ki',
    'lab run --runtime=th',
    'lab run exam',
    'lab report --out=extr',
    'distrifs admin log-',
    'distrifs-lab --datan',
  ];
  const { code, out, err } = await run('zsh', ['-f', '-c', ZSH, 'zsh', ...lines]);
  expect([code, err]).toEqual([0, '']);
  expect(
    out
      .trimEnd()
      .split('\n')
      .map((line) => line.trimEnd()),
  ).toEqual([
    'lab kill',
    'lab run --runtime=thread',
    'lab run examples/',
    'lab report --out=extra.yaml',
    'distrifs admin log-inspect',
    'distrifs-lab --datanodes',
  ]);
});

test('complete: whatever it is given, it exits with 0, says nothing on standard error, and ends its answer with a directive', async () => {
  const environments = [
    { DISTRIFS_MASTER: 'nonsense', DISTRIFS_PROFILE: 'nonsense' },
    { HOME: '', DISTRIFS_MASTER: '127.0.0.1:1' },
  ];
  const requests = [
    [],
    ['--'],
    ['--help'],
    ['--', '--master', '--', '-', '=', '--='],
    ['--', 'kill', '\u001b[2J', 'a\nb', ''],
    ['--', 'ls', '--profile', 'nonsense', '/'],
    ['--', 'lift', ''],
  ];
  for (const [index, request] of requests.entries()) {
    for (const name of ['lab', 'distrifs']) {
      const { code, out, err } = await run(name, ['complete', ...request], environments[index % 2]);
      expect([name, request, code, err]).toEqual([name, request, 0, '']);
      expect(out).toMatch(/^(.+\t.*\n)*:(none|files|directories|no-space)\n$/);
    }
  }
});

test('completion: a shell that is not known is wrong usage', async () => {
  expect(await run('lab', ['completion', 'tcsh'])).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(/^lab: .*bash, zsh, fish/) as unknown,
  });
});
