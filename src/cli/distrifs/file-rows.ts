/** The rows of the commands of `distrifs` about files and directories. */
import type { CommandRow } from '../terminal/command-row.js';
import { rowsFor } from '../terminal/command-row.js';
import { wholeNumber } from '../terminal/value-parsers.js';
import { DEFAULT_PARALLEL, PARALLEL_MAX } from './batch/batch-limits.js';
import type { GlobalFlags } from './client-command.js';
import { chunkSizeOption, replicationOption } from './option-parsers.js';

const row = rowsFor<GlobalFlags>();

const parallelRow = {
  flags: '--parallel <n>',
  about: 'files at a time',
  parse: wholeNumber(1, PARALLEL_MAX),
  default: DEFAULT_PARALLEL,
} as const;

const replicationRow = (standard: string) =>
  ({ flags: '--replication <n>', about: `copies of each chunk (default: ${standard})`, parse: replicationOption }) as const;

const chunkSizeRow = (standard: string) =>
  ({ flags: '--chunk-size <size>', about: `chunk size, such as 64MiB (default: ${standard})`, parse: chunkSizeOption }) as const;

const PATTERNS =
  'Paths of the cluster may be patterns, in quotes: * ? [a-z] {a,b} within a name, ** for any number of directories.\n' +
  'A backslash takes the meaning from the next character; a path that exists as it is written is no pattern.';

const PLACES =
  'Targets as with cp -r: in an existing directory each source keeps its name; otherwise the only source becomes the target, whose\n' +
  'parent must exist. Several sources need an existing directory.';

const BATCHES =
  'A file that fails does not stop the others: it is named, and the exit code is 1. When no master answers, or no datanode has space,\n' +
  'no further file is begun. With --json: a line for each file, then {"summary":{"files","bytes","failed","skipped"}}.';

export const FILE_ROWS: readonly CommandRow[] = [
  row({
    name: 'put',
    summary: 'store local files (or - for standard input); a file becomes visible when it is complete and durable',
    usage: '[options] <local...> <path>',
    arguments: [
      { name: '<local>', about: 'file or, with -r, directory to read, or -', completes: 'file' },
      {
        name: '[paths...]',
        about: 'further local files, and last the target; in a directory, or a path ending in /, a file keeps its name',
        completes: 'file-or-remote-path',
      },
    ],
    options: [
      { flags: '-r, --recursive', about: 'store directories with their contents' },
      { flags: '--symlinks <how>', about: 'links within directories', choices: ['follow', 'skip'], default: 'follow' },
      { flags: '-p, --preserve', about: 'store the permission bits of the local files (not their times and owners)' },
      parallelRow,
      { flags: '--verify', about: 'compare the CRC32 of what was sent with what the datanodes recorded' },
      replicationRow("the cluster's"),
      chunkSizeRow("the cluster's"),
      { flags: '--no-clobber', about: 'fail when the path exists' },
    ],
    help:
      `${PLACES}\n${BATCHES}\n` +
      'DIR/. stands for the contents of DIR. Within directories only regular files are stored; fifos, sockets and devices are refused\n' +
      'by name. Links named as arguments are always followed, and a link that leads to a directory above it is an error.\n' +
      '-p: the cluster stores the permission bits that a file or directory is created with, and enforces none. It cannot store the time or\n' +
      'the owner of a local file: the time is that of the put, the owner the user of this command.\n' +
      '--verify shows that the datanodes recorded the bytes that were read here; it does not read them back.',
    load: async () => (await import('./put-command.js')).put,
  }),
  row({
    name: 'get',
    summary: 'fetch files; a local file becomes visible when it is complete',
    usage: '[options] <path...> [local]',
    arguments: [
      { name: '<path>', about: 'file, directory (with -r) or pattern in the cluster', completes: 'remote-path' },
      {
        name: '[paths...]',
        about:
          'further paths, and last the target; in a directory a file keeps its name; - is standard output (default: the current directory)',
        completes: 'file-or-remote-path',
      },
    ],
    options: [
      { flags: '-r, --recursive', about: 'fetch directories with their contents' },
      { flags: '-p, --preserve', about: 'give the local files the permission bits and the times that the cluster has' },
      parallelRow,
      { flags: '--resume', about: 'go on where an interrupted get --resume stopped, and keep what is there when this one is' },
      { flags: '--verify', about: 'read the local file back, and compare its CRC32 with what the datanodes recorded' },
    ],
    help:
      `${PLACES}\n${PATTERNS}\n${BATCHES}\n` +
      '--resume keeps the bytes so far in .NAME.*.resume.part beside the file, and goes on after the last of them that match the checksums\n' +
      'of the chunks. When the file in the cluster has changed, it starts again, and says so. A local file with the same length and CRC32\n' +
      'is not fetched.\n' +
      'Every get checks each block that it receives. --verify checks the file as it was written here as well, before it becomes visible.',
    load: async () => (await import('./get-command.js')).get,
  }),
  row({
    name: 'cat',
    summary: 'write files to standard output, one after the other',
    arguments: [{ name: '<path...>', about: 'files or patterns in the cluster', completes: 'remote-path' }],
    help: PATTERNS,
    load: async () => (await import('./get-command.js')).cat,
  }),
  row({
    name: 'ls',
    summary: 'list directories and files',
    arguments: [{ name: '[path...]', about: 'directories, files or patterns (default: /)', completes: 'remote-path' }],
    options: [
      { flags: '-l, --long', about: 'mode, copies, owner, group, bytes, time (UTC) and name' },
      { flags: '-h, --human-readable', about: 'with -l: sizes with units, such as 1.5 MiB' },
    ],
    help: PATTERNS,
    load: async () => (await import('./ls-command.js')).list,
  }),
  row({
    name: 'mkdir',
    summary: 'make directories',
    arguments: [{ name: '<path...>', about: 'directories to make', completes: 'remote-path' }],
    options: [{ flags: '-p, --parents', about: 'make missing parents; do not fail for an existing directory' }],
    load: async () => (await import('./namespace-commands.js')).makeDirectories,
  }),
  row({
    name: 'mv',
    summary: 'move or rename',
    usage: '[options] <from...> <to>',
    arguments: [
      {
        name: '<from...>',
        about: 'files, directories or patterns, and last the new path; in an existing directory each keeps its name',
        completes: 'remote-path',
      },
    ],
    help: `Several sources need an existing directory.\n${PATTERNS}`,
    load: async () => (await import('./namespace-commands.js')).move,
  }),
  row({
    name: 'cp',
    summary: 'copy files within the cluster; this command reads and writes the bytes',
    usage: '[options] <from...> <to>',
    arguments: [
      {
        name: '<from...>',
        about: 'files, directories (with -r) or patterns, and last the target; in an existing directory each keeps its name',
        completes: 'remote-path',
      },
    ],
    options: [
      { flags: '-r, --recursive', about: 'copy directories with their contents' },
      { flags: '-p, --preserve', about: 'store the permission bits of the sources (not their times and owners)' },
      parallelRow,
      { flags: '--verify', about: 'compare the CRC32 of what was copied with what the datanodes recorded of both files' },
      replicationRow("the source's"),
      chunkSizeRow("the source's"),
      { flags: '--no-clobber', about: 'fail when the path exists' },
    ],
    help: `${PLACES}\n${PATTERNS}\n${BATCHES}`,
    load: async () => (await import('./transfer/copy-command.js')).copy,
  }),
  row({
    name: 'rm',
    summary: 'remove files',
    arguments: [{ name: '<path...>', about: 'files or patterns, and with -r directories', completes: 'remote-path' }],
    options: [
      { flags: '-r, --recursive', about: 'remove directories with their contents' },
      { flags: '-f, --force', about: 'ignore missing files' },
    ],
    help: PATTERNS,
    load: async () => (await import('./namespace-commands.js')).remove,
  }),
  row({
    name: 'stat',
    summary: 'show the attributes of files and directories, and the locations of their chunks',
    arguments: [{ name: '<path...>', about: 'files, directories or patterns', completes: 'remote-path' }],
    help: PATTERNS,
    load: async () => (await import('./stat-command.js')).showStat,
  }),
  row({
    name: 'checksum',
    summary: 'show the CRC32 of files, as it was recorded when they were written, without reading them',
    arguments: [{ name: '<path...>', about: 'files or patterns', completes: 'remote-path' }],
    help:
      'The CRC32 is that of the whole file (as zlib.crc32 of Python, or the command crc32), combined from the checksums of its blocks.\n' +
      'Two replicas of each chunk are asked; a file whose replicas differ is an error. What it proves: which bytes were written, and that\n' +
      'replicas agree about them. It does not prove that the disks hold them still: only reading does (get, cat), which checks each block.\n' +
      `With --json: a line for each file, with crc32 (null when replicas differ), length, chunks, compared (chunks with two answers) and\n` +
      `differences.\n${PATTERNS}`,
    load: async () => (await import('./transfer/checksum-command.js')).checksum,
  }),
  row({
    name: 'df',
    summary: 'show the usage of the cluster and of each node',
    options: [{ flags: '-h, --human-readable', about: 'sizes with units; always the case without --json' }],
    load: async () => (await import('./df-command.js')).showUsage,
  }),
];
