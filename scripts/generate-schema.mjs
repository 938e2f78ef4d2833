/**
 * Generates schema/scenario.schema.json from the schema that the lab itself uses (src/lab/scenario/schema/scenario-schema.ts).
 * With --check: fails when what is committed is out of date.
 */
import { Buffer } from 'node:buffer';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('../schema/', import.meta.url));
const file = join(folder, 'scenario.schema.json');

/** Read from the sources, because dist may be older. */
async function generate() {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    entryPoints: ['src/lab/scenario/schema/scenario-schema.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  const code = outputFiles.map(({ contents }) => Buffer.from(contents).toString('base64')).join('');
  const { schemaJson } = await import(`data:text/javascript;base64,${code}`);
  return schemaJson();
}

function committed() {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const wanted = await generate();
if (!process.argv.includes('--check')) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, wanted);
} else if (committed() !== wanted) {
  console.error('schema/scenario.schema.json is out of date (run npm run gen:schema)');
  process.exitCode = 1;
}
