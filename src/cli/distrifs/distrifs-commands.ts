/** The table of the commands of `distrifs`. */
import { DEFAULT_CHUNK_BYTES, DEFAULT_MIN_REPLICAS, DEFAULT_REPLICATION } from '../../shared/limits.js';
import type { ProgramTable } from '../terminal/build-program.js';
import type { CommandRow } from '../terminal/command-row.js';
import { rowsFor } from '../terminal/command-row.js';
import type { CompletionSources } from '../terminal/completion/complete-line.js';
import { COMPLETION_ROW } from '../terminal/completion/completion-row.js';
import { wholeNumber } from '../terminal/value-parsers.js';
import type { GlobalFlags } from './client-command.js';
import { FILE_ROWS } from './file-rows.js';
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
  timeoutOption,
} from './option-parsers.js';

const HAND_OVER_MS = 10_000;
const REMOVE_MS = 15_000;
const ADD_MS = 60_000;
const QUARANTINE_MS = 60_000;
const QUARANTINE_ACTIONS = ['list', 'verify', 'restore', 'purge'] as const;
const DEFAULT_ITEMS = 20;
const ITEMS_MAX = 100_000;

const row = rowsFor<GlobalFlags>();

const DAEMON_ROWS: readonly CommandRow[] = [
  row({
    name: 'master',
    summary: 'run a master',
    options: [
      { flags: '--init', about: 'make a new cluster in an empty data folder' },
      {
        flags: '--members <list>',
        about:
          'id=host:port,… of all masters: of the new cluster, the same list on each; without --init, where others may be now',
        parse: membersOption,
      },
      {
        flags: '--cluster-key <text>',
        about: 'any text, the same on each member and different for each cluster; only with --init and --members',
      },
      { flags: '--join', about: 'wait in an empty data folder for distrifs admin add-master' },
      { flags: '--data-dir <dir>', about: 'folder of the log', default: '/tmp/distrifs/master', completes: 'directory' },
      { flags: '--listen <address>', about: 'host:port', parse: addressOption, default: '127.0.0.1:7000' },
      {
        flags: '--advertise <address>',
        about: 'host:port at which others reach it (default: the address in --members, or --listen)',
        parse: addressOption,
      },
      { flags: '--id <name>', about: 'name of the master', parse: masterIdOption, default: 'm-1' },
      {
        flags: '--replication <n>',
        about: 'default number of copies of each chunk; only with --init',
        parse: replicationOption,
        default: DEFAULT_REPLICATION,
      },
      {
        flags: '--chunk-size <size>',
        about: 'default chunk size; only with --init',
        parse: chunkSizeOption,
        default: DEFAULT_CHUNK_BYTES,
      },
      {
        flags: '--min-replicas <n>',
        about: 'least number of copies for an acknowledged write; only with --init',
        parse: replicationOption,
        default: DEFAULT_MIN_REPLICAS,
      },
      {
        flags: '--lease-reads',
        about: 'answer reads without a round to a majority; requires clocks whose rates differ by less than 10 %',
      },
      {
        flags: '--checkpoint-log-bytes <size>',
        about: 'size of log between checkpoints (default: 64MiB)',
        parse: checkpointBytesOption,
      },
      { flags: '--log-file <file>', about: 'log file (default: standard error)', completes: 'file' },
    ],
    load: async () => (await import('./daemon-commands.js')).master,
  }),
  row({
    name: 'datanode',
    summary: 'run a datanode; --master must name all masters of the cluster',
    options: [
      { flags: '--data-dir <dir>', about: 'folder of the chunks', default: '/tmp/distrifs/data', completes: 'directory' },
      {
        flags: '--listen <address>',
        about: 'host:port; port 0: the system chooses',
        parse: addressOption,
        default: '127.0.0.1:0',
      },
      {
        flags: '--advertise <address>',
        about: 'host:port at which others reach it (default: --listen)',
        parse: addressOption,
      },
      {
        flags: '--rack <name>',
        about: 'rack of the datanode; copies are placed in different racks where possible',
        default: 'default',
      },
      {
        flags: '--capacity <size>',
        about: 'maximum size of the stored chunks (default: the size of the disk)',
        parse: sizeOption,
      },
      { flags: '--id <name>', about: 'name of the datanode (default: the name in the data folder, or a new name)' },
      { flags: '--log-file <file>', about: 'log file (default: standard error)', completes: 'file' },
    ],
    load: async () => (await import('./daemon-commands.js')).datanode,
  }),
];

const ADMIN_ROWS: readonly CommandRow[] = [
  row({
    name: 'masters',
    summary: 'show the leader, the lag of the followers, and silent masters',
    help: 'lag: number of committed entries that this master has not applied.\nExit code 1 when no answering master leads.',
    load: async () => (await import('./admin-masters.js')).listMasters,
  }),
  row({
    name: 'transfer-leadership',
    summary: 'make another master the leader, without an election',
    arguments: [{ name: '[id]', about: 'new leader (default: the voter with the longest log)', parse: masterIdOption }],
    options: [{ flags: '--timeout <duration>', about: 'time limit', parse: durationOption, default: HAND_OVER_MS }],
    load: async () => (await import('./admin-transfer.js')).transferLeadership,
  }),
  row({
    name: 'add-master',
    summary: 'add a waiting master (distrifs master --join) to the group',
    arguments: [
      { name: '<id>', about: 'name with which the master was started', parse: masterIdOption },
      { name: '<address>', about: 'host:port at which the other masters reach it', parse: addressOption },
    ],
    options: [
      { flags: '--no-wait', about: 'end when the master is a learner (default: when it is a voter)' },
      { flags: '--timeout <duration>', about: 'time limit', parse: durationOption, default: ADD_MS },
    ],
    load: async () => (await import('./admin-add.js')).addMaster,
  }),
  row({
    name: 'remove-master',
    summary: 'remove a master from the group permanently',
    arguments: [{ name: '<id>', about: 'name of the master', parse: masterIdOption }],
    options: [
      { flags: '--yes', about: 'proceed even if an even number of voters, a single voter, or no majority remains' },
      { flags: '--timeout <duration>', about: 'time limit', parse: durationOption, default: REMOVE_MS },
    ],
    load: async () => (await import('./admin-remove.js')).removeMaster,
  }),
  row({
    name: 'remove-datanode',
    summary: 'remove a datanode that is dead, or that has the only good copy of no chunk',
    arguments: [{ name: '<id>', about: 'name of the datanode' }],
    options: [
      { flags: '--force', about: 'remove a dead datanode although chunks have no other good copy: they are lost' },
      { flags: '--timeout <duration>', about: 'time limit', parse: durationOption, default: REMOVE_MS },
    ],
    load: async () => (await import('./datanodes/remove-datanode.js')).removeDataNode,
  }),
  row({
    name: 'quarantine',
    summary: 'show, verify, restore or delete what datanodes have set aside',
    arguments: [
      { name: '<action>', about: 'list, verify, restore or purge (which deletes)', choices: QUARANTINE_ACTIONS },
      { name: '[node]', about: 'name of a datanode (default: all that are not dead)' },
      { name: '[names...]', about: 'items, as list shows them (default of verify: all); needed to restore and purge' },
    ],
    options: [{ flags: '--timeout <duration>', about: 'time limit of each item', parse: durationOption, default: QUARANTINE_MS }],
    help: 'Exit code 1 when a datanode did not answer, or an item could not be verified, restored or deleted.',
    load: async () => (await import('./datanodes/quarantine.js')).quarantine,
  }),
  row({
    name: 'log-inspect',
    summary: "show the records of a stopped master's log, and its damage; read-only",
    options: [
      { flags: '--data-dir <dir>', about: "the master's folder", isNeeded: true, completes: 'directory' },
      {
        flags: '--around <offset>',
        about: 'show the record at this offset (default: the first damage, otherwise the end)',
        parse: offsetOption,
      },
      { flags: '--file <name>', about: 'file to which --around refers', default: 'master.log' },
      { flags: '--limit <n>', about: 'number of records to show', parse: wholeNumber(1, ITEMS_MAX), default: DEFAULT_ITEMS },
    ],
    load: async () => (await import('./admin-log-inspect.js')).logInspect,
  }),
];

export const DISTRIFS: ProgramTable & CompletionSources = {
  name: 'distrifs',
  summary: 'A fault-tolerant distributed file system: its files, its masters and its datanodes.',
  help:
    'Exit codes: 0 done, 1 it failed, 2 wrong usage, 128 + n ended by signal n (130: interrupted).\n' +
    'With --json, failures are JSON on standard error: {"error":{"command","code","message"}}.',
  speaker: (names) => names.join(' '),
  options: [
    {
      flags: '--master <addresses>',
      about: 'host:port of each master, separated by commas',
      env: 'DISTRIFS_MASTER',
      parse: addressesOption,
    },
    {
      flags: '--profile <name>',
      about: 'timing profile of the cluster: realistic or fast (default: realistic)',
      env: 'DISTRIFS_PROFILE',
      parse: profileOption,
      completes: ['realistic', 'fast'],
    },
    {
      flags: '--timeout <duration>',
      about: 'time limit of the command, such as 5s (default: none; the masters are tried for 60 s)',
      parse: timeoutOption,
    },
    { flags: '--json', about: 'print JSON' },
  ],
  commands: [
    ...FILE_ROWS,
    ...DAEMON_ROWS,
    {
      name: 'admin',
      summary: 'administer masters and datanodes: leadership, members, removed datanodes, quarantine, contents of a log',
      commands: ADMIN_ROWS,
    },
    COMPLETION_ROW,
  ],
  lookUps: { 'remote-path': async (request) => (await import('./remote-paths.js')).remotePaths(request) },
};
