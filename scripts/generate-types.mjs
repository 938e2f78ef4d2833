/**
 * Generates src/protocol/generated from proto/: message types, and the definitions as data, so that no node parses .proto files
 * at its start. With --check: fails when the committed files are out of date.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'src/protocol/generated');
const protos = readdirSync(join(root, 'proto/distrifs/v1')).map((name) => `distrifs/v1/${name}`);
const generator = join(root, 'node_modules/@grpc/proto-loader/build/bin/proto-loader-gen-types.js');

/** The same options as in src/protocol/messages.ts: types and runtime objects must agree. */
function generate(outDir) {
  const options = ['--longs=Number', '--enums=String', '--defaults', '--oneofs', '--grpcLib=@grpc/grpc-js'];
  const layout = ['--importFileExtension=.js', '--includeComments', '-I', 'proto', '-O', outDir];
  execFileSync(process.execPath, [generator, ...options, ...layout, ...protos], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const parsed = new protobuf.Root();
  parsed.resolvePath = (_origin, name) => join(root, 'proto', name);
  parsed.loadSync(protos);
  parsed.resolveAll();
  writeFileSync(join(outDir, 'definitions.ts'), definitions(parsed));
  writeFileSync(join(outDir, 'wire-messages.ts'), wireMessages(parsed));
}

/** All of proto/ as one module that `fromJSON` of proto-loader reads. */
function definitions(parsed) {
  // A string for JSON.parse, which loads faster than an object literal and needs no type.
  const json = JSON.stringify(JSON.stringify(parsed.toJSON()));
  return `// Generated from proto/. Do not edit.\nexport const DEFINITIONS: unknown = JSON.parse(${json});\n`;
}

/**
 * The types of all messages between peers: requests and responses of every RPC, headers of data plane frames, and the messages
 * inside them.
 */
function wireMessages(parsed) {
  const all = parsed.lookup('distrifs.v1').nestedArray;
  const headers = all.filter((each) => each instanceof protobuf.Type && each.filename.endsWith('/data.proto'));
  const methods = all.filter((each) => each instanceof protobuf.Service).flatMap((service) => service.methodsArray);
  const reached = new Set();
  const reach = (type) => {
    if (reached.has(type)) return;
    reached.add(type);
    for (const { resolvedType } of type.fieldsArray) if (resolvedType instanceof protobuf.Type) reach(resolvedType);
  };
  for (const type of headers) reach(type);
  for (const { resolvedRequestType, resolvedResponseType } of methods) {
    reach(resolvedRequestType);
    reach(resolvedResponseType);
  }
  const names = [...reached].map(({ name }) => name).sort();
  return [
    '// Generated from proto/. Do not edit.',
    ...names.map((name) => `import type { ${name}__Output } from './distrifs/v1/${name}.js';`),
    '',
    '/** Every message that crosses a wire, by its name in proto/, as it is after decoding. */',
    'export interface WireMessages {',
    ...names.map((name) => `  readonly ${name}: ${name}__Output;`),
    '}',
    '',
  ].join('\n');
}

const filesBelow = (dir) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();

if (process.argv.includes('--check')) {
  const scratch = mkdtempSync(join(tmpdir(), 'distrifs-types-'));
  try {
    generate(scratch);
    const wanted = filesBelow(scratch);
    const stale = [...new Set([...wanted, ...filesBelow(target)])].filter((name) => {
      try {
        return readFileSync(join(scratch, name), 'utf8') !== readFileSync(join(target, name), 'utf8');
      } catch {
        return true;
      }
    });
    if (stale.length > 0) {
      console.error(`Generated types are out of date (run npm run gen:proto): ${stale.join(', ')}`);
      process.exitCode = 1;
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
} else {
  rmSync(target, { recursive: true, force: true });
  generate(target);
}
