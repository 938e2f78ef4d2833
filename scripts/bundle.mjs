/**
 * Bundles what runs as a process or thread of its own, over tsc's output and under the same names, so that a cluster of many
 * processes loads a few files each instead of some hundred: loading code is most of what a start costs.
 * The library (dist/index.js) stays as tsc made it.
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
  // Two folders deep, as the modules themselves: `../../` leads to dist from both (see compiled-entry.ts).
  chunkNames: 'bundle/chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Less to compile; names stay, for stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'linked',
  // Loaded late, or not code that can be bundled.
  external: ['ink', 'react', 'piscina', 'fs-native-extensions'],
  // Bundled CommonJS packages ask for Node's own modules with `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});

// What a report carries in itself: for browsers, each in one piece, and read as text by the lab. End tags in it are escaped, for it
// stands between two tags.
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
