/**
 * The plan of the modules: which top-level module may import which, and the order of the sub-modules within each. The import test and
 * `npm run plan` read it. A sub-module may import only what stands before it in its list; types count as imports.
 */

/** Top-level modules, and what each may import besides itself. */
export const MODULES = {
  shared: [],
  protocol: ['shared'],
  raft: [],
  runtime: ['shared', 'protocol'],
  master: ['shared', 'protocol', 'raft'],
  datanode: ['shared', 'protocol'],
  client: ['shared', 'protocol'],
  supervisor: ['shared', 'protocol', 'runtime', 'client'],
  lab: ['shared', 'protocol', 'runtime', 'client', 'supervisor'],
  tui: ['shared', 'supervisor'],
  'distri-fs.ts': ['shared', 'client', 'runtime'],
  cli: ['shared', 'client', 'runtime', 'supervisor', 'lab', 'tui', 'distri-fs.ts'],
  'index.ts': ['shared', 'client', 'supervisor', 'lab', 'distri-fs.ts'],
};

/** Sub-modules of a module, the lowest first. '' are the files directly in its folder. */
export const SUB_MODULES = {
  runtime: ['rules', 'faults', 'memory', 'node/base', 'node/net', 'node/rpc', 'node', 'faulty'],
  master: [
    'base',
    'state/tables',
    'state/image',
    'state/operations',
    'checkpoint',
    'log',
    'datanodes',
    'consensus',
    'leader',
    'services',
    'member',
    '',
  ],
  datanode: ['base', 'journal', 'store', 'pipeline', 'commands', 'reports', ''],
  client: ['session', 'transfer', 'read', 'write', 'admin', ''],
  supervisor: ['api', 'faults', 'host', 'network', 'observe', 'folder', 'cluster'],
  lab: [
    'workloads',
    'workloads/types',
    'history',
    'checkers',
    'scenario/model',
    'scenario/schema',
    'scenario/grammar',
    'scenario/plan',
    'run',
    'record',
    'report',
    'simulation',
    'live',
    'campaign',
  ],
  tui: ['model', 'components', ''],
  cli: ['terminal', 'distrifs', 'lab', ''],
};

/** What the terminal UI may see of the supervisor: its public types. */
export const TUI_FACE = '^src/supervisor/api/';

/**
 * Entry points run as a process or thread of their own and may load any module; no other file imports them, except that the command line
 * loads the daemons of its own process.
 */
export const ENTRY_POINTS = '/(main|[a-z-]+-child|[a-z-]+-worker)\\.ts$';
export const DAEMONS = '^src/(master|datanode)/main\\.ts$';
