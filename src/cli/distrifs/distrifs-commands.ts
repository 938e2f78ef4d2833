/** The table of the commands of `distrifs`. */
import { DEFAULT_CHUNK_BYTES, DEFAULT_MIN_REPLICAS, DEFAULT_REPLICATION } from '../../shared/limits.js';
import type { ProgramTable } from '../terminal/build-program.js';
import type { CommandRow } from '../terminal/command-row.js';
import { rowsFor } from '../terminal/command-row.js';
import type { CompletionSources } from '../terminal/completion/complete-line.js';
import { COMPLETION_ROW } from '../terminal/completion/completion-row.js';
import { wholeNumber } from '../terminal/value-parsers.js';
import type { GlobalFlags } from './client-command.js';
import {
  addressesOption,
  addressOption,
  checkpointBytesOption,
  chunkSizeOption,
  durationOption,
  masterIdOption,
  membersOption,
  offsetOption,
  profileOption,
  replicationOption,
  sizeOption,
} from './option-parsers.js';

const HAND_OVER_MS = 10_000;
const REMOVE_MS = 15_000;
const ADD_MS = 60_000;
const DEFAULT_ITEMS = 20;
const ITEMS_MAX = 100_000;

const row = rowsFor<GlobalFlags>();

const FILE_ROWS: readonly CommandRow[] = [
  row({
    name: 'put',
    summary: 'store a local file (or - for standard input); it is visible once it is whole and safe',
    arguments: [
      { name: '<local>', about: 'file to read, or -', completes: 'file' },
      {
        name: '<path>',
        about: 'where to store it; a directory, or a path ending in /, keeps the name',
        completes: 'remote-path',
      },
    ],
    options: [
      {
        flags: '--replication <n>',
        about: "copies of each chunk; the cluster's default when left out",
        parse: replicationOption,
      },
      { flags: '--chunk-size <size>', about: "as in 64MiB; the cluster's default when left out", parse: chunkSizeOption },
      { flags: '--no-clobber', about: 'fail when the path is taken' },
    ],
    load: async () => (await import('./put-command.js')).put,
  }),
  row({
    name: 'get',
    summary: 'fetch a file; the local one appears when it is whole',
    arguments: [
      { name: '<path>', about: 'file in the cluster', completes: 'remote-path' },
      {
        name: '[local]',
        about: 'where to; a directory keeps the name, - is standard output; left out: the current directory',
        completes: 'file',
      },
    ],
    load: async () => (await import('./get-command.js')).get,
  }),
  row({
    name: 'cat',
    summary: 'write files to standard output, one after the other',
    arguments: [{ name: '<path...>', about: 'files in the cluster', completes: 'remote-path' }],
    load: async () => (await import('./get-command.js')).cat,
  }),
  row({
    name: 'ls',
    summary: 'list a directory',
    arguments: [{ name: '[path]', about: 'directory or file', default: '/', completes: 'remote-path' }],
    options: [{ flags: '-l, --long', about: 'mode, copies, owner, group, bytes, time (UTC) and name' }],
    load: async () => (await import('./ls-command.js')).list,
  }),
  row({
    name: 'mkdir',
    summary: 'make directories',
    arguments: [{ name: '<path...>', about: 'directories to make', completes: 'remote-path' }],
    options: [{ flags: '-p, --parents', about: 'make missing parents; an existing directory is fine' }],
    load: async () => (await import('./namespace-commands.js')).makeDirectories,
  }),
  row({
    name: 'mv',
    summary: 'move or rename',
    arguments: [
      { name: '<from>', about: 'file or directory', completes: 'remote-path' },
      { name: '<to>', about: 'new path; an existing directory keeps the name', completes: 'remote-path' },
    ],
    load: async () => (await import('./namespace-commands.js')).move,
  }),
  row({
    name: 'rm',
    summary: 'remove files',
    arguments: [{ name: '<path...>', about: 'files, and with -r directories', completes: 'remote-path' }],
    options: [
      { flags: '-r, --recursive', about: 'directories, with all that is in them' },
      { flags: '-f, --force', about: 'missing ones are fine' },
    ],
    load: async () => (await import('./namespace-commands.js')).remove,
  }),
  row({
    name: 'stat',
    summary: 'show what is known of a file or directory, and where its chunks are',
    arguments: [{ name: '<path>', about: 'file or directory', completes: 'remote-path' }],
    load: async () => (await import('./stat-command.js')).showStat,
  }),
  row({
    name: 'df',
    summary: 'show how full the cluster is, node by node',
    load: async () => (await import('./df-command.js')).showUsage,
  }),
];

const DAEMON_ROWS: readonly CommandRow[] = [
  row({
    name: 'master',
    summary: 'run a master',
    options: [
      { flags: '--init', about: 'make a new cluster in an empty data folder' },
      {
        flags: '--members <list>',
        about: 'id=host:port,… of all masters of the new cluster, the same on each; only with --init',
        parse: membersOption,
      },
      {
        flags: '--cluster-key <text>',
        about: 'any text, the same on each member, another for each cluster; only with --members',
      },
      { flags: '--join', about: 'wait in an empty data folder for distrifs admin add-master' },
      { flags: '--data-dir <dir>', about: 'where the log is', default: '/tmp/distrifs/master', completes: 'directory' },
      { flags: '--listen <address>', about: 'host:port', parse: addressOption, default: '127.0.0.1:7000' },
      {
        flags: '--advertise <address>',
        about: 'host:port as others reach it; left out: as in --members, or where it listens',
        parse: addressOption,
      },
      { flags: '--id <name>', about: 'its name among the masters', parse: masterIdOption, default: 'm-1' },
      {
        flags: '--replication <n>',
        about: 'copies of each chunk, by default; only with --init',
        parse: replicationOption,
        default: DEFAULT_REPLICATION,
      },
      {
        flags: '--chunk-size <size>',
        about: 'bytes of a chunk, by default; only with --init',
        parse: chunkSizeOption,
        default: DEFAULT_CHUNK_BYTES,
      },
      {
        flags: '--min-replicas <n>',
        about: 'fewer copies are never acknowledged; only with --init',
        parse: replicationOption,
        default: DEFAULT_MIN_REPLICAS,
      },
      {
        flags: '--lease-reads',
        about: 'answer reads without asking a majority; needs clocks whose rates differ by less than 10 %',
      },
      {
        flags: '--checkpoint-log-bytes <size>',
        about: 'of log, before another checkpoint is made; left out: 64MiB',
        parse: checkpointBytesOption,
      },
      { flags: '--log-file <file>', about: 'left out: standard error', completes: 'file' },
    ],
    load: async () => (await import('./daemon-commands.js')).master,
  }),
  row({
    name: 'datanode',
    summary: 'run a datanode of the cluster whose masters --master names, all of them',
    options: [
      { flags: '--data-dir <dir>', about: 'where the chunks are', default: '/tmp/distrifs/data', completes: 'directory' },
      {
        flags: '--listen <address>',
        about: 'host:port; port 0: the system chooses',
        parse: addressOption,
        default: '127.0.0.1:0',
      },
      {
        flags: '--advertise <address>',
        about: 'host:port as others reach it; left out: where it listens',
        parse: addressOption,
      },
      { flags: '--rack <name>', about: 'copies go to different racks where there are several', default: 'default' },
      { flags: '--capacity <size>', about: 'stores no more than this; left out: what the disk holds', parse: sizeOption },
      { flags: '--id <name>', about: 'left out: as in the data folder, or made up' },
      { flags: '--log-file <file>', about: 'left out: standard error', completes: 'file' },
    ],
    load: async () => (await import('./daemon-commands.js')).datanode,
  }),
];

const ADMIN_ROWS: readonly CommandRow[] = [
  row({
    name: 'masters',
    summary: 'show who leads, who follows how far behind, and who is silent',
    help:
      'lag: entries that the leader knows to be committed and this master has not applied.\n' +
      'Exit code 1 when none of the masters that answer leads.',
    load: async () => (await import('./admin-masters.js')).listMasters,
  }),
  row({
    name: 'transfer-leadership',
    summary: 'make another master the leader, without an election',
    arguments: [{ name: '[id]', about: 'who shall lead; left out: whichever has the most of the log', parse: masterIdOption }],
    options: [{ flags: '--timeout <duration>', about: 'gives up after this', parse: durationOption, default: HAND_OVER_MS }],
    load: async () => (await import('./admin-transfer.js')).transferLeadership,
  }),
  row({
    name: 'add-master',
    summary: 'make a master that waits (distrifs master --join) a member of the group',
    arguments: [
      { name: '<id>', about: 'its name, as it was started with', parse: masterIdOption },
      { name: '<address>', about: 'host:port at which the others reach it', parse: addressOption },
    ],
    options: [
      { flags: '--no-wait', about: 'done when it is a learner; left out: when it has caught up and votes' },
      { flags: '--timeout <duration>', about: 'gives up after this', parse: durationOption, default: ADD_MS },
    ],
    load: async () => (await import('./admin-add.js')).addMaster,
  }),
  row({
    name: 'remove-master',
    summary: 'take a master out of the group for good',
    arguments: [{ name: '<id>', about: 'its name', parse: masterIdOption }],
    options: [
      { flags: '--yes', about: 'even where it leaves an even number of voters, a single one, or no majority' },
      { flags: '--timeout <duration>', about: 'gives up after this', parse: durationOption, default: REMOVE_MS },
    ],
    load: async () => (await import('./admin-remove.js')).removeMaster,
  }),
  row({
    name: 'log-inspect',
    summary: "show the records of a stopped master's log, and where it is damaged; changes nothing",
    options: [
      { flags: '--data-dir <dir>', about: "the master's folder", isNeeded: true, completes: 'directory' },
      {
        flags: '--around <offset>',
        about: 'shows what is at this offset; left out: the first damage, or else the end',
        parse: offsetOption,
      },
      { flags: '--file <name>', about: 'in which --around counts', default: 'master.log' },
      { flags: '--limit <n>', about: 'shows so many records', parse: wholeNumber(1, ITEMS_MAX), default: DEFAULT_ITEMS },
    ],
    load: async () => (await import('./admin-log-inspect.js')).logInspect,
  }),
];

export const DISTRIFS: ProgramTable & CompletionSources = {
  name: 'distrifs',
  summary: 'A fault-tolerant distributed file system: its files, its masters and its datanodes.',
  help: 'Exit codes: 0 done, 1 it failed, 2 wrong usage, 130 interrupted.',
  speaker: (names) => names.join(' '),
  options: [
    {
      flags: '--master <addresses>',
      about: 'host:port of the master; with several masters, of each, separated by commas',
      env: 'DISTRIFS_MASTER',
      parse: addressesOption,
    },
    {
      flags: '--profile <name>',
      about: 'timings, as the cluster runs with: realistic or fast (default: realistic)',
      env: 'DISTRIFS_PROFILE',
      parse: profileOption,
      completes: ['realistic', 'fast'],
    },
    { flags: '--json', about: 'print JSON' },
  ],
  commands: [
    ...FILE_ROWS,
    ...DAEMON_ROWS,
    {
      name: 'admin',
      summary: 'look after the masters: who leads, who is in the group, what is in a log',
      commands: ADMIN_ROWS,
    },
    COMPLETION_ROW,
  ],
  lookUps: { 'remote-path': async (request) => (await import('./remote-paths.js')).remotePaths(request) },
};
