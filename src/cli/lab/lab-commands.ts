/** The table of the commands of `lab`. Those that inject faults are made of the table of faults, see lab-fault-commands.ts. */
import { parseProfile } from '../../shared/profile.js';
import { parseSize } from '../../shared/units.js';
import { WORKLOAD_TYPES } from '../../lab/workloads/workload-types.js';
import type { RuntimeKind } from '../../supervisor/api/cluster-status.js';
import type { ProgramTable } from '../terminal/build-program.js';
import { type CommandRow, type OptionRow, rowsFor } from '../terminal/command-row.js';
import type { CompletionSources } from '../terminal/completion/complete-line.js';
import { COMPLETION_ROW } from '../terminal/completion/completion-row.js';
import { EXIT_BAD_ARGUMENTS } from '../terminal/exit-codes.js';
import { reading, wholeNumber } from '../terminal/value-parsers.js';
import { registerFaultCommands } from './lab-fault-commands.js';

const SEED_MAX = 0xffff_ffff;
const REPEAT_MAX = 100_000;
/** Each is a cluster of many processes. */
const RUN_JOBS_MAX = 64;
const SEEDS_MAX = 10_000_000;
const SIM_JOBS_MAX = 256;
const KEEP_MAX = 1_000;
const TRIALS_MAX = 1_000_000;

/** Written out here: what checks a cluster's options is not loaded before a command needs it. */
const RUNTIMES = ['process', 'thread'] as const satisfies readonly RuntimeKind[];

const row = rowsFor<object>();

const sizeOption = reading(parseSize);
const seedOption = wholeNumber(0, SEED_MAX);
const profileOption = reading(parseProfile);

const numberOption = reading((text) => {
  if (!/^\d{1,9}$/.test(text)) throw new Error('It must be a whole number.');
  return Number(text);
});

const countOption = reading((text) => {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Error('it must be a whole number above 0.');
});

const RUN_ARGUMENT = { name: '<run>', about: 'the folder: runs/<time>-<seed>', completes: 'directory' } as const;

/** Of commands that act on a running lab. */
const TARGET_OPTIONS = [
  {
    flags: '--dir <dir>',
    about: "the lab's folder (default: the newest that is up, scenarios aside)",
    completes: 'directory',
  },
  { flags: '--json', about: 'print JSON' },
] as const satisfies readonly OptionRow[];

const CLUSTER_ROWS: readonly CommandRow[] = [
  row({
    name: 'up',
    summary: 'start a cluster and keep it running, with the terminal UI',
    options: [
      { flags: '--masters <n>', about: 'masters: 1, 3 or 5 (default: 3)', parse: numberOption, completes: ['1', '3', '5'] },
      { flags: '--datanodes <n>', about: 'datanodes (default: 5)', parse: numberOption },
      { flags: '--racks <n>', about: 'racks that the datanodes are dealt to in turn (default: 1)', parse: numberOption },
      {
        flags: '--replication <n>',
        about: 'copies of each chunk (default: 3, of fewer datanodes one on each)',
        parse: numberOption,
      },
      {
        flags: '--chunk-size <size>',
        about: 'size of a chunk; small, so that there is something to watch (default: 4MiB)',
        parse: sizeOption,
      },
      {
        flags: '--capacity <size>',
        about: 'the most that each datanode stores (default: what its disk has)',
        parse: sizeOption,
      },
      {
        flags: '--runtime <kind>',
        about:
          'how nodes are hosted: a thread each of one process, or a process each (default: thread, or as the cluster in --dir ran); see "lab help faults"',
        choices: RUNTIMES,
      },
      {
        flags: '--profile <name>',
        about: 'timings: fast or realistic (default: fast)',
        parse: profileOption,
        completes: ['fast', 'realistic'],
      },
      {
        flags: '--dir <dir>',
        about: 'keep the cluster here, and start it again when it is there; left out: a fresh folder, removed at the end',
        completes: 'directory',
      },
      { flags: '--no-tui', about: 'without the terminal UI' },
      { flags: '--json', about: 'one JSON object a line, without the terminal UI' },
    ],
    load: async () => (await import('./lab-up.js')).up,
  }),
];

const RUN_ROWS: readonly CommandRow[] = [
  row({
    name: 'run',
    summary: 'run scenario files, each on a cluster of its own; the exit code is the verdict',
    arguments: [{ name: '<file...>', about: 'the scenarios, YAML', completes: 'file' }],
    options: [
      { flags: '--seed <n>', about: 'seed of every random choice, instead of those in the files', parse: seedOption },
      {
        flags: '--repeat <n>',
        about: 'runs of each file; each gets a seed that follows from the first',
        parse: wholeNumber(1, REPEAT_MAX),
        default: 1,
      },
      {
        flags: '--jobs <n>',
        about: 'runs at the same time, each with a network and folder of its own',
        parse: wholeNumber(1, RUN_JOBS_MAX),
        default: 1,
      },
      {
        flags: '--runtime <kind>',
        about: 'host nodes as processes or threads, instead of what the files say',
        choices: RUNTIMES,
      },
      {
        flags: '--fail-fast',
        about: 'start no other run after one that does not pass; those under way come to their end',
      },
      { flags: '--junit <file>', about: 'write a JUnit document with a test case for each run', completes: 'file' },
      {
        flags: '--json',
        about: 'one JSON object a line; of several runs each has its number, and the summary comes last',
      },
      {
        flags: '--record [dir]',
        about: 'keep history, events, logs and results in a folder below this one (default: runs), for lab check',
        completes: 'directory',
      },
      { flags: '--no-record', about: 'keep nothing' },
      {
        flags: '--dir <dir>',
        about: "keep the cluster's data here; left out: a fresh folder, removed at the end",
        completes: 'directory',
      },
    ],
    help:
      'Exit codes: 0 pass, 1 a promise broken, 2 unknown, 254 bad file or arguments, 255 the lab itself failed, 130 interrupted.\n' +
      'Of several runs the first of these that one had: 130, 1, 255, 2, 0. With 254 nothing was started.\n' +
      'Several files, or several runs at the same time, are told in a line each, and all in a table at the end.',
    usageExitCode: EXIT_BAD_ARGUMENTS,
    load: async () => (await import('./lab-run.js')).run,
  }),
  row({
    name: 'check',
    summary: 'judge the folder of a run again; the exit code is the verdict',
    arguments: [RUN_ARGUMENT],
    options: [{ flags: '--json', about: 'the verdict as one JSON object' }],
    help: 'Exit codes: 0 pass, 1 a promise broken, 2 unknown, 254 bad folder or arguments.',
    usageExitCode: EXIT_BAD_ARGUMENTS,
    load: async () => (await import('./lab-check.js')).check,
  }),
  row({
    name: 'sim',
    summary: 'run scenario files on virtual time, from one seed after the other; the exit code is the verdict',
    arguments: [{ name: '<file...>', about: 'the scenarios, YAML: the same as for run', completes: 'file' }],
    options: [
      { flags: '--seeds <n>', about: 'how many seeds of each file', parse: wholeNumber(1, SEEDS_MAX), default: 1 },
      { flags: '--from <seed>', about: 'the first seed; left out: the one in the file, or 1', parse: seedOption },
      {
        flags: '--jobs <n>',
        about: 'seeds at once; left out: one for each core',
        parse: wholeNumber(1, SIM_JOBS_MAX),
      },
      { flags: '--json', about: 'one JSON object a line: each seed, and the summary last' },
      {
        flags: '--trace [filter]',
        about: 'tell who sent what to whom; with a filter, only lines that contain it, disks and timers too',
      },
      {
        flags: '--keep <n>',
        about: 'seeds that do not pass and are recorded, at most',
        parse: wholeNumber(1, KEEP_MAX),
        default: 3,
      },
      {
        flags: '--record [dir]',
        about: 'record them in folders below this one (default: runs), for lab check, replay and shrink',
        completes: 'directory',
      },
      { flags: '--no-record', about: 'record nothing' },
    ],
    help:
      'Exit codes: 0 all pass, 1 a promise broken, 2 unknown, 254 bad file or arguments, 255 the lab itself failed, 130 interrupted.\n' +
      'Of several seeds the first of these that one had: 130, 1, 255, 2, 0. Several files are summed up in a table at the end.',
    usageExitCode: EXIT_BAD_ARGUMENTS,
    load: async () => (await import('./lab-sim.js')).simulate,
  }),
  row({
    name: 'report',
    summary: 'make the report of a recorded run: one HTML file that opens from disk, without any network',
    arguments: [RUN_ARGUMENT],
    options: [{ flags: '--out <file>', about: 'where it goes; left out: report.html in the folder', completes: 'file' }],
    help: 'Exit codes: 0 written, 254 bad folder or arguments, or it cannot be written.',
    usageExitCode: EXIT_BAD_ARGUMENTS,
    load: async () => (await import('./lab-report.js')).report,
  }),
  row({
    name: 'replay',
    summary: 'run a recorded run again: a simulated one to the same last event, one on processes with the same faults',
    arguments: [RUN_ARGUMENT],
    options: [
      { flags: '--json', about: 'one JSON object a line' },
      {
        flags: '--trace [filter]',
        about: 'of a simulated run: tell who sent what to whom; with a filter, only lines that contain it',
      },
      {
        flags: '--record [dir]',
        about: 'of a run on processes: record the new run in a folder below this one (default: runs)',
        completes: 'directory',
      },
      { flags: '--no-record', about: 'keep nothing' },
    ],
    help:
      'Exit codes of a simulated run: 0 the same verdict and events, 1 others; of a run on processes: as of run.\n' +
      '254 bad folder or arguments, 255 the lab itself failed, 130 interrupted.',
    usageExitCode: EXIT_BAD_ARGUMENTS,
    load: async () => (await import('./lab-replay.js')).replay,
  }),
  row({
    name: 'shrink',
    summary: 'cut the schedule of a run that fails to a minimal one that still fails, in simulation',
    arguments: [{ name: '<run|file>', about: 'the folder of a run, or a scenario file', completes: 'file' }],
    options: [
      { flags: '--seed <n>', about: 'the seed that fails; left out: that of the run or the file', parse: seedOption },
      { flags: '--trials <n>', about: 'simulations, at most', parse: wholeNumber(1, TRIALS_MAX), default: 200 },
      {
        flags: '--out <file>',
        about: 'where the result goes; left out: scenario.shrunk.yaml in the folder, or beside the file',
        completes: 'file',
      },
      { flags: '--json', about: 'one JSON object a line, the result last' },
    ],
    help:
      'Exit codes: 0 cut, and proved to fail, 2 nothing fails in simulation, 254 bad folder, file or arguments, 255 the lab itself\n' +
      'failed, 130 interrupted (the smallest until then is written).',
    usageExitCode: EXIT_BAD_ARGUMENTS,
    load: async () => (await import('./lab-shrink.js')).shrink,
  }),
  row({
    name: 'schema',
    summary: 'print the JSON Schema of scenario files, for editors that complete and check YAML',
    load: async () => (await import('./lab-schema.js')).printSchema,
  }),
];

const CONTROL_ROWS: readonly CommandRow[] = [
  row({
    name: 'status',
    summary: 'how the nodes and chunks are, and what is in force',
    options: TARGET_OPTIONS,
    load: async () => (await import('./lab-control.js')).status,
  }),
  row({
    name: 'transfer-leadership',
    summary: 'hand the lead over to a master; left out: to whichever has the most of the log',
    arguments: [{ name: '[master]', about: 'its name: m-2', completes: 'master' }],
    options: TARGET_OPTIONS,
    load: async () => (await import('./lab-control.js')).transferLeadership,
  }),
  row({
    name: 'env',
    summary: 'shell variables for clients that feel partitions: eval "$(lab env)"',
    options: TARGET_OPTIONS,
    load: async () => (await import('./lab-control.js')).environment,
  }),
  row({
    name: 'down',
    summary: 'end the running lab',
    options: TARGET_OPTIONS,
    load: async () => (await import('./lab-control.js')).down,
  }),
];

const LOAD_ROWS: readonly CommandRow[] = [
  row({
    name: 'start',
    summary: 'let clients work until lab load stop; each is a node of the network, and feels its faults',
    arguments: [{ name: '[type]', about: `${WORKLOAD_TYPES.join(', ')} (default: write-verify)`, completes: WORKLOAD_TYPES }],
    options: [
      { flags: '--clients <n>', about: 'how many (default: 4)', parse: countOption },
      {
        flags: '--rate <rate>',
        about: 'files or operations a second, of all clients together (default: 20/s)',
      },
      { flags: '--size <size>', about: 'of a file: 64KiB, 64KiB-1MiB' },
      { flags: '--names <n>', about: 'how many names clients share, where they share some', parse: countOption },
      ...TARGET_OPTIONS,
    ],
    load: async () => (await import('./lab-load.js')).startLoad,
  }),
  row({
    name: 'stop',
    summary: 'switch it off, and show how it did',
    options: TARGET_OPTIONS,
    load: async () => (await import('./lab-load.js')).stopLoad,
  }),
  row({
    name: 'status',
    summary: 'whether it is on, and how it does',
    options: TARGET_OPTIONS,
    load: async () => (await import('./lab-load.js')).showLoad,
  }),
];

const HELP_ROW = row({
  name: 'help',
  summary: 'explain a command, or a topic: faults',
  arguments: [{ name: '[name...]', about: 'left out: all commands' }],
  load: async () => (await import('./lab-help.js')).help,
});

export const LAB: ProgramTable & CompletionSources = {
  name: 'lab',
  summary: 'A whole DistriFS cluster on this machine, to watch and to break.',
  help: 'Exit codes: 0 done, 1 it failed, 2 wrong usage; those of run, sim, check, report, replay and shrink are their own.',
  speaker: () => 'lab',
  hasHelpCommand: false,
  commands: [
    ...CLUSTER_ROWS,
    ...RUN_ROWS,
    ...CONTROL_ROWS,
    {
      name: 'load',
      summary: 'a steady load of clients on a running lab: start, stop, status',
      hasHelpCommand: false,
      help: 'Examples:\n  lab load start\n  lab load start many-small --clients 8 --rate 200/s\n  lab load stop',
      commands: LOAD_ROWS,
    },
    COMPLETION_ROW,
    HELP_ROW,
  ],
  mount: registerFaultCommands,
  lookUps: {
    node: async ({ partial, options }) => (await import('./running-names.js')).nodeNames(partial, options.get('dir')),
    master: async ({ partial, options }) => (await import('./running-names.js')).nodeNames(partial, options.get('dir'), 'master'),
    rack: async ({ partial, options }) => (await import('./running-names.js')).rackNames(partial, options.get('dir')),
  },
  // Options and arguments of the commands that inject faults.
  completesByName: {
    node: 'node',
    name: 'node',
    target: 'node',
    to: 'node',
    from: 'node',
    rack: 'rack',
    'target-rack': 'rack',
  },
};
