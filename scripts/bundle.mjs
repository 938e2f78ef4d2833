/**
 * Bundles the programs, i.e. what runs as a process or thread of its own, each into one file of dist/bundle, so that it loads no
 * module by itself: loading code is the largest cost of a start. The library (dist/index.js) remains the output of tsc.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Each program: its entry point, and for a thread or a child process the variant of its code cache as an expression. */
const PROGRAMS = {
  distrifs: { entry: 'src/cli/distrifs.ts' },
  lab: { entry: 'src/cli/lab.ts' },
  'run-child': { entry: 'src/lab/campaign/run-child.ts', variant: "'main'" },
  'host-child': { entry: 'src/supervisor/host/host-child.ts', variant: 'process.argv[2]' },
  'thread-host-child': { entry: 'src/supervisor/host/thread-host-child.ts', variant: "'main'" },
  'node-worker': { entry: 'src/supervisor/host/node-worker.ts', variant: "require('node:worker_threads').workerData?.spec.role" },
  'fabric-worker': { entry: 'src/supervisor/network/fabric-worker.ts', variant: "'main'" },
};

const COMMON = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  // Reduces compile time; names are kept for stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'linked',
  // Loaded late, or cannot be bundled.
  external: ['ink', 'react', 'piscina', 'fs-native-extensions', '@node-rs/crc32'],
  alias: { 'protobufjs/ext/descriptor': './scripts/programs/no-descriptors.cjs' },
  logLevel: 'warning',
};

/**
 * Keeps the address of each module (its place in tsc's output) and the imports of what is no part of the bundle, because an ES module
 * has neither a name nor an import in a CommonJS bundle.
 */
const modulesInBundle = {
  name: 'modules-in-bundle',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]src[/\\].*\.tsx?$/ }, ({ path }) => {
      const own = relative(`${root}src`, path)
        .replaceAll('\\', '/')
        .replace(/\.tsx?$/, '.js');
      const contents = readFileSync(path, 'utf8')
        .replaceAll(/\bimport\((?=[A-Z])/g, '__importModule(')
        .replaceAll("import('./mount-tui.js')", "__importModule(new URL('./mount-tui.js', import.meta.url).href)")
        .replaceAll('import.meta.url', `__moduleUrl('${own}')`);
      return { contents, loader: path.endsWith('x') ? 'tsx' : 'ts' };
    });
  },
};

rmSync(`${root}dist/bundle`, { recursive: true, force: true });
await Promise.all(
  Object.entries(PROGRAMS).map(async ([name, { entry, variant }]) => {
    await build({
      ...COMMON,
      entryPoints: [entry],
      outfile: `dist/bundle/${name}/code.cjs`,
      format: 'cjs',
      // Imports of packages become calls of `require`.
      supported: { 'dynamic-import': false },
      plugins: [modulesInBundle],
      banner: {
        js:
          "const __importModule = require('../../../bin/load-bundle.cjs').importModule, " +
          "__moduleUrl = (file) => require('node:url').pathToFileURL(require('node:path').join(__dirname, '../..', file)).href;",
      },
    });
    if (variant === undefined) return;
    writeFileSync(
      `${root}dist/bundle/${name}.cjs`,
      `'use strict';\nrequire('../../bin/load-bundle.cjs').load('${name}', ${variant});\n`,
    );
  }),
);

// What is imported by its address, over tsc's output: the terminal UI, because Ink has a top-level await, and the simulation.
await build({
  ...COMMON,
  entryPoints: ['src/tui/mount-tui.tsx', 'src/lab/simulation/simulation-worker.ts'],
  outdir: 'dist',
  outbase: 'src',
  format: 'esm',
  // Bundled CommonJS packages load Node's own modules with `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});

// The scripts embedded in a report: for browsers, each one file, read as text by the lab. End tags are escaped because the text
// is embedded between two tags.
await build({
  absWorkingDir: root,
  entryPoints: [
    { in: 'src/lab/report/view/main.ts', out: 'report-page' },
    { in: 'src/lab/report/view/report.css', out: 'report-page' },
  ],
  outdir: 'dist/lab/report',
  bundle: true,
  format: 'iife',
  platform: 'browser',
  target: ['chrome115', 'firefox115', 'safari16.4'],
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
});
