/** The rules of the import test, made from the plan of the modules. */
import { DAEMONS, ENTRY_POINTS, MODULES, SUB_MODULES, TUI_FACE } from './module-plan.js';

const pathOf = (module) => (module.endsWith('.ts') ? `^src/${module.replace('.', '\\.')}$` : `^src/${module}/`);
const GENERATED = '^src/protocol/generated/';

/** Below a top-level module only what its row names. */
const moduleRules = Object.entries(MODULES).map(([module, allowed]) => ({
  name: `modules: what ${module} may import`,
  severity: 'error',
  from: { path: pathOf(module), pathNot: ENTRY_POINTS },
  to: { path: '^src/', pathNot: [pathOf(module), ...allowed.map(pathOf)] },
}));

/** Of a sub-module: everything in its folder; where folders below it, or it itself as the module's own, stand in the order apart: its files. */
const subPathOf = (module, sub) => {
  const isDivided = sub === '' || SUB_MODULES[module].some((other) => other.startsWith(`${sub}/`));
  return `^src/${module}/${sub === '' ? '' : `${sub}/`}${isDivided ? '[^/]+$' : ''}`;
};

const orderRules = Object.entries(SUB_MODULES).flatMap(([module, order]) =>
  order.slice(0, -1).map((sub, index) => ({
    name: `order: ${module}/${sub} imports only what stands before it`,
    severity: 'error',
    from: { path: subPathOf(module, sub), pathNot: ENTRY_POINTS },
    to: { path: order.slice(index + 1).map((later) => subPathOf(module, later)) },
  })),
);

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no cycles',
      comment: 'Type imports count: two files that need each other are one thing, or a third is missing.',
      severity: 'error',
      from: { pathNot: GENERATED },
      to: { circular: true },
    },
    {
      name: 'every file belongs to a module of the plan',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          ...Object.keys(MODULES)
            .filter((module) => !(module in SUB_MODULES))
            .map(pathOf),
          ...Object.entries(SUB_MODULES).flatMap(([module, order]) => order.map((sub) => subPathOf(module, sub))),
        ],
      },
      to: {},
    },
    {
      name: 'entry points are started, not imported',
      severity: 'error',
      from: { path: '^src/', pathNot: [ENTRY_POINTS, '^src/cli/', GENERATED] },
      // The types of its messages stand beside a thread's code.
      to: { path: ENTRY_POINTS, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the command line loads no entry point but the daemons',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: ENTRY_POINTS, pathNot: DAEMONS },
    },
    {
      name: 'the terminal UI sees the public types of the supervisor only',
      severity: 'error',
      from: { path: '^src/tui/' },
      to: { path: '^src/supervisor/', pathNot: TUI_FACE },
    },
    ...moduleRules.map((rule) =>
      rule.name === 'modules: what cli may import'
        ? { ...rule, to: { ...rule.to, pathNot: [...rule.to.pathNot, DAEMONS] } }
        : rule,
    ),
    ...orderRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^src/',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types'] },
    reporterOptions: {
      mermaid: { minify: false },
      archi: { collapsePattern: '^src/[^/]+/[^/]+' },
    },
  },
};
