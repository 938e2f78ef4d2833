/**
 * Bundles the entry points of processes and threads, over tsc's output and under the same names, so that each process of a cluster
 * loads a few files instead of some hundred: loading code is the largest cost of a start.
 * The library (dist/index.js) remains the output of tsc.
 */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

rmSync(fileURLToPath(new URL('../dist/bundle', import.meta.url)), { recursive: true, force: true });
await build({
  absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
  entryPoints: [
    'src/cli/distrifs.ts',
    'src/cli/lab.ts',
    'src/lab/campaign/run-child.ts',
    'src/supervisor/host/host-child.ts',
    'src/supervisor/host/thread-host-child.ts',
    'src/supervisor/host/node-worker.ts',
    'src/supervisor/network/fabric-worker.ts',
    'src/lab/simulation/simulation-worker.ts',
  ],
  outdir: 'dist',
  outbase: 'src',
  // Two folders deep, like the modules themselves: `../../` leads to dist from both (see compiled-entry.ts).
  chunkNames: 'bundle/chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
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
  // Bundled CommonJS packages load Node's own modules with `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});

// The scripts embedded in a report: for browsers, each one file, read as text by the lab. End tags are escaped because the text
// is embedded between two tags.
await build({
  absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
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
