/**
 * The table of the commands of `lab`. The commands that inject faults are made from the table of faults, see lab-fault-commands.ts.
 */
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
/** Maximum number of concurrent runs: each is a cluster of many processes. */
const RUN_JOBS_MAX = 64;
const SEEDS_MAX = 10_000_000;
const SIM_JOBS_MAX = 256;
const KEEP_MAX = 1_000;
const TRIALS_MAX = 1_000_000;

/** Repeated here because the module that checks a cluster's options is loaded only when a command needs it. */
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

const NO_CANARY_OPTION = {
  flags: '--no-canary',
  about: 'omit the canary, a run with planted defects that precedes several runs and has to be found',
} as const satisfies OptionRow;

/** Options of commands that act on a running lab. */
const TARGET_OPTIONS = [
  {
    flags: '--dir <dir>',
    about: "the lab's folder (default: that of the newest running lab that is not a scenario)",
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
      {
        flags: '--racks <n>',
        about: 'number of racks; the datanodes are assigned to them in turn (default: 1)',
        parse: numberOption,
      },
      {
        flags: '--replication <n>',
        about: 'copies of each chunk (default: 3, or the number of datanodes if smaller)',
        parse: numberOption,
      },
      {
        flags: '--chunk-size <size>',
        about: 'size of a chunk; small, so that files have several chunks (default: 4MiB)',
        parse: sizeOption,
      },
      {
        flags: '--capacity <size>',
        about: 'maximum size of the chunks of each datanode (default: the size of its disk)',
        parse: sizeOption,
      },
      {
        flags: '--runtime <kind>',
        about:
          'how nodes run: as threads of one process, or as processes (default: thread, or as before in --dir); see "lab help faults"',
        choices: RUNTIMES,
      },
      {
        flags: '--profile <name>',
        about: 'timing profile: fast or realistic (default: fast)',
        parse: profileOption,
        completes: ['fast', 'realistic'],
      },
      {
        flags: '--dir <dir>',
        about:
          'folder of the cluster, which is kept; an existing cluster is started again (default: a new folder, removed at the end)',
        completes: 'directory',
      },
      { flags: '--no-tui', about: 'do not show the terminal UI' },
      { flags: '--json', about: 'one JSON object a line, without the terminal UI' },
    ],
    load: async () => (await import('./lab-up.js')).up,
  }),
];

const RUN_ROWS: readonly CommandRow[] = [
  row({
    name: 'run',
    summary: 'run scenario files, each on its own cluster; the exit code is the verdict',
    arguments: [{ name: '<file...>', about: 'the scenarios, YAML', completes: 'file' }],
    options: [
      { flags: '--seed <n>', about: 'seed of all random choices; overrides the seeds in the files', parse: seedOption },
      {
        flags: '--repeat <n>',
        about: 'runs of each file; their seeds are derived from the first seed',
        parse: wholeNumber(1, REPEAT_MAX),
        default: 1,
      },
      {
        flags: '--jobs <n>',
        about: 'number of concurrent runs, each with its own network and folder',
        parse: wholeNumber(1, RUN_JOBS_MAX),
        default: 1,
      },
      {
        flags: '--runtime <kind>',
        about: 'host nodes as processes or threads; overrides the files',
        choices: RUNTIMES,
      },
      {
        flags: '--fail-fast',
        about: 'start no further run after a run that does not pass; runs under way are completed',
      },
      NO_CANARY_OPTION,
      { flags: '--junit <file>', about: 'write a JUnit document with a test case for each run', completes: 'file' },
      {
        flags: '--json',
        about: 'one JSON object a line; with several runs each object has the number of its run, and the summary is last',
      },
      {
        flags: '--record [dir]',
        about: 'keep history, events, logs and results in a folder below this one (default: runs), for lab check',
        completes: 'directory',
      },
      { flags: '--no-record', about: 'record nothing' },
      {
        flags: '--dir <dir>',
        about: "folder of the cluster's data, which is kept (default: a new folder, removed at the end)",
        completes: 'directory',
      },
    ],
    help:
      'Exit codes: 0 pass, 1 a guarantee violated, 2 unknown, 254 bad file or arguments, 255 the lab itself failed, 130 interrupted.\n' +
      'With several runs the exit code is the first of 130, 1, 255, 2, 0 that a run had. With 254 no run was started.\n' +
      'Several files, or several concurrent runs, are reported with one line for each run, and a table at the end.\n' +
      'Several runs begin with a canary: clients with planted defects. If a check misses them, the exit code is 1.',
    usageExitCode: EXIT_BAD_ARGUMENTS,
    load: async () => (await import('./lab-run.js')).run,
  }),
  row({
    name: 'check',
    summary: 'check the recorded run in a folder again; the exit code is the verdict',
    arguments: [RUN_ARGUMENT],
    options: [{ flags: '--json', about: 'the verdict as one JSON object' }],
    help: 'Exit codes: 0 pass, 1 a guarantee violated, 2 unknown, 254 bad folder or arguments.',
    usageExitCode: EXIT_BAD_ARGUMENTS,
    load: async () => (await import('./lab-check.js')).check,
  }),
  row({
    name: 'sim',
    summary: 'run scenario files on virtual time, for one or more seeds; the exit code is the verdict',
    arguments: [{ name: '<file...>', about: 'the scenarios, YAML, as for run', completes: 'file' }],
    options: [
      { flags: '--seeds <n>', about: 'number of seeds for each file', parse: wholeNumber(1, SEEDS_MAX), default: 1 },
      { flags: '--from <seed>', about: 'the first seed (default: the seed in the file, or 1)', parse: seedOption },
      {
        flags: '--jobs <n>',
        about: 'number of concurrent seeds (default: one for each core)',
        parse: wholeNumber(1, SIM_JOBS_MAX),
      },
      NO_CANARY_OPTION,
      { flags: '--json', about: 'one JSON object a line: each seed, and the summary last' },
      {
        flags: '--trace [filter]',
        about: 'print all messages between nodes; with a filter, only lines that contain it, including disks and timers',
      },
      {
        flags: '--keep <n>',
        about: 'maximum number of recorded seeds; only seeds that do not pass are recorded',
        parse: wholeNumber(1, KEEP_MAX),
        default: 3,
      },
      {
        flags: '--record [dir]',
        about: 'record seeds that do not pass in folders below this one (default: runs), for lab check, replay and shrink',
        completes: 'directory',
      },
      { flags: '--no-record', about: 'record nothing' },
    ],
    help:
      'Exit codes: 0 all pass, 1 a guarantee violated, 2 unknown, 254 bad file or arguments, 255 the lab itself failed, 130 interrupted.\n' +
      'With several seeds the exit code is the first of 130, 1, 255, 2, 0 that a seed had. Several files are summarized in a table.\n' +
      'Several seeds begin with a canary: clients with planted defects. If a check misses them, the exit code is 1.',
    usageExitCode: EXIT_BAD_ARGUMENTS,
    load: async () => (await import('./lab-sim.js')).simulate,
  }),
  row({
    name: 'report',
    summary: 'make the report of a recorded run: one HTML file that needs no network',
    arguments: [RUN_ARGUMENT],
    options: [{ flags: '--out <file>', about: 'file of the report (default: report.html in the folder)', completes: 'file' }],
    help: 'Exit codes: 0 written, 254 bad folder or arguments, or the report cannot be written.',
    usageExitCode: EXIT_BAD_ARGUMENTS,
    load: async () => (await import('./lab-report.js')).report,
  }),
  row({
    name: 'replay',
    summary: 'run a recorded run again: a simulated run exactly, a run on processes with the same faults',
    arguments: [RUN_ARGUMENT],
    options: [
      { flags: '--json', about: 'one JSON object a line' },
      {
        flags: '--trace [filter]',
        about: 'for a simulated run: print all messages between nodes; with a filter, only lines that contain it',
      },
      {
        flags: '--record [dir]',
        about: 'for a run on processes: record the new run in a folder below this one (default: runs)',
        completes: 'directory',
      },
      { flags: '--no-record', about: 'record nothing' },
    ],
    help:
      'Exit codes of a simulated run: 0 the same verdict and events, 1 different; of a run on processes: as for run.\n' +
      '254 bad folder or arguments, 255 the lab itself failed, 130 interrupted.',
    usageExitCode: EXIT_BAD_ARGUMENTS,
    load: async () => (await import('./lab-replay.js')).replay,
  }),
  row({
    name: 'shrink',
    summary: 'reduce the schedule of a failing run to a minimal one that still fails, in simulation',
    arguments: [{ name: '<run|file>', about: 'the folder of a run, or a scenario file', completes: 'file' }],
    options: [
      { flags: '--seed <n>', about: 'the failing seed (default: the seed of the run or the file)', parse: seedOption },
      { flags: '--trials <n>', about: 'maximum number of simulations', parse: wholeNumber(1, TRIALS_MAX), default: 200 },
      {
        flags: '--out <file>',
        about: 'file of the result (default: scenario.shrunk.yaml in the folder, or beside the file)',
        completes: 'file',
      },
      { flags: '--json', about: 'one JSON object a line; the result is last' },
    ],
    help:
      'Exit codes: 0 reduced, and verified to fail, 2 no failure in simulation, 254 bad folder, file or arguments, 255 the lab itself\n' +
      'failed, 130 interrupted (the smallest schedule found so far is written).',
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
    summary: 'show the state of nodes and chunks, and the active faults',
    options: TARGET_OPTIONS,
    load: async () => (await import('./lab-control.js')).status,
  }),
  row({
    name: 'transfer-leadership',
    summary: 'transfer leadership to a master (default: the one with the longest log)',
    arguments: [{ name: '[master]', about: 'name of the master, such as m-2', completes: 'master' }],
    options: TARGET_OPTIONS,
    load: async () => (await import('./lab-control.js')).transferLeadership,
  }),
  row({
    name: 'env',
    summary: 'print shell variables for clients that are subject to network faults: eval "$(lab env)"',
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
    summary: 'start clients, which run until lab load stop; each is a node of the network, subject to its faults',
    arguments: [{ name: '[type]', about: `${WORKLOAD_TYPES.join(', ')} (default: write-verify)`, completes: WORKLOAD_TYPES }],
    options: [
      { flags: '--clients <n>', about: 'number of clients (default: 4)', parse: countOption },
      {
        flags: '--rate <rate>',
        about: 'files or operations a second, for all clients together (default: 20/s)',
      },
      { flags: '--size <size>', about: 'size of a file: 64KiB, 64KiB-1MiB' },
      { flags: '--names <n>', about: 'number of shared names, for workloads with shared names', parse: countOption },
      ...TARGET_OPTIONS,
    ],
    load: async () => (await import('./lab-load.js')).startLoad,
  }),
  row({
    name: 'stop',
    summary: 'stop the load, and show its results',
    options: TARGET_OPTIONS,
    load: async () => (await import('./lab-load.js')).stopLoad,
  }),
  row({
    name: 'status',
    summary: 'show whether the load is running, with its rates',
    options: TARGET_OPTIONS,
    load: async () => (await import('./lab-load.js')).showLoad,
  }),
];

const HELP_ROW = row({
  name: 'help',
  summary: 'explain a command, or a topic: faults',
  arguments: [{ name: '[name...]', about: 'command or topic (default: all commands)' }],
  load: async () => (await import('./lab-help.js')).help,
});

export const LAB: ProgramTable & CompletionSources = {
  name: 'lab',
  summary: 'Runs a whole DistriFS cluster on this machine, shows its state, and injects faults.',
  help: 'Exit codes: 0 done, 1 failed, 2 wrong usage; run, sim, check, report, replay and shrink have their own exit codes.',
  speaker: () => 'lab',
  hasHelpCommand: false,
  commands: [
    ...CLUSTER_ROWS,
    ...RUN_ROWS,
    ...CONTROL_ROWS,
    {
      name: 'load',
      summary: 'start, stop or show a steady load of clients on a running lab',
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
