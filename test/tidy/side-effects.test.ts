import ts from 'typescript';
import { expect, test } from 'vitest';
import { ROOT, sourceFiles } from './sources.js';
import { join } from 'node:path';

/** Rooms that touch the world only through Runtime. */
const SEALED = /^src\/(shared|protocol|raft|master|datanode|client)\//;
const isEntryPoint = (file: string): boolean => file.endsWith('/main.ts');

/** Modules from outside that sealed rooms may import: no clock, no disk, no network, no randomness in any of them. */
const ALLOWED_IMPORTS = new Set([
  'node:assert',
  'node:assert/strict',
  'node:buffer',
  'node:events',
  'node:module',
  'node:path/posix',
  'node:perf_hooks',
  'node:stream',
  'node:url',
  'node:zlib',
  'node:crypto',
  '@grpc/proto-loader',
  'crc-32',
]);

/** Of these, only the synchronous, pure functions. */
const ALLOWED_MEMBERS: Record<string, readonly string[]> = {
  'node:zlib': ['crc32', '*'],
  // For the one optional package, which computes checksums.
  'node:module': ['createRequire'],
  'node:crypto': ['createHash', 'Hash'],
  // A data structure: what is recorded in it is all that it knows. Everything else of that module is a clock.
  'node:perf_hooks': ['createHistogram'],
};

/** Globals that sealed rooms may name. Whatever is not listed (Date, performance, setTimeout, process, console, fetch, WeakRef, …) is an error. */
const ALLOWED_GLOBALS = new Set(
  (
    'undefined NaN Infinity Object Array String Number Boolean BigInt Symbol Function Map Set WeakMap Promise Error TypeError RangeError ' +
    'AggregateError Math JSON Uint8Array Uint16Array Uint32Array Float64Array BigUint64Array ArrayBuffer SharedArrayBuffer DataView Buffer ' +
    'TextEncoder TextDecoder AbortController AbortSignal URL Intl isNaN isFinite parseInt parseFloat encodeURIComponent decodeURIComponent ' +
    'structuredClone Iterator Reflect globalThis DOMException'
  ).split(' '),
);

const FORBIDDEN_MEMBERS = new Set(['Math.random', 'AbortSignal.timeout']);

/** Everything in one file that could make two runs from one seed differ. */
function sideEffects(source: ts.SourceFile, checker: ts.TypeChecker): string[] {
  const found: string[] = [];
  const report = (node: ts.Node, what: string): void => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    found.push(`${source.fileName.slice(ROOT.length)}:${line + 1}: ${what}`);
  };

  const checkImport = (node: ts.ImportDeclaration): void => {
    const name = (node.moduleSpecifier as ts.StringLiteral).text;
    if (name.startsWith('.') || node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return;
    if (!ALLOWED_IMPORTS.has(name)) report(node, `imports ${name}`);
    const members = ALLOWED_MEMBERS[name];
    const bindings = node.importClause?.namedBindings;
    if (members === undefined) return;
    if (node.importClause?.name !== undefined) report(node, `imports all of ${name}`);
    if (bindings === undefined) return;
    const names = ts.isNamespaceImport(bindings)
      ? ['*']
      : bindings.elements.map((element) => (element.propertyName ?? element.name).text);
    for (const member of names) if (!members.includes(member)) report(node, `imports ${member} from ${name}`);
  };

  /** A name that is neither declared nor imported by us. */
  const checkGlobal = (node: ts.Identifier): void => {
    const parent = node.parent;
    if (ts.isPropertyAccessExpression(parent) && parent.name === node) return;
    if (ts.isPropertyAssignment(parent) && parent.name === node) return;
    if (ts.isTypeNode(parent) || ts.isTypeReferenceNode(parent) || ts.isExpressionWithTypeArguments(parent)) return;
    // A Date of a given time is a value; only the one of now is a look at the clock.
    if (node.text === 'Date' && ts.isNewExpression(parent) && parent.arguments?.length === 1) return;
    const symbol = checker.getSymbolAtLocation(node);
    const declarations = symbol?.declarations ?? [];
    if (declarations.length === 0 || !declarations.every((item) => item.getSourceFile().isDeclarationFile)) return;
    // Members of a library's class or of an imported module are reached through something that was checked already.
    if (!declarations.some((item) => isGlobalDeclaration(item))) return;
    if (!ALLOWED_GLOBALS.has(node.text)) report(node, `names the global ${node.text}`);
  };

  const checkModuleState = (statement: ts.Statement): void => {
    if (!ts.isVariableStatement(statement)) return;
    const isConst = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;
    if (!isConst) report(statement, 'declares a module variable that can change');
    for (const { initializer } of statement.declarationList.declarations) {
      if (initializer === undefined) continue;
      const isEmptyCollection =
        (ts.isNewExpression(initializer) &&
          ['Map', 'Set', 'WeakMap'].includes(initializer.expression.getText(source)) &&
          !initializer.arguments?.length) ||
        (ts.isArrayLiteralExpression(initializer) && initializer.elements.length === 0);
      if (isEmptyCollection) report(statement, 'keeps state in the module');
    }
  };

  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      checkImport(node);
      return;
    }
    if (ts.isPropertyAccessExpression(node) && FORBIDDEN_MEMBERS.has(node.getText(source)))
      report(node, `uses ${node.getText(source)}`);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) report(node, 'imports dynamically');
    if (ts.isIdentifier(node)) checkGlobal(node);
    ts.forEachChild(node, visit);
  };
  source.statements.forEach(checkModuleState);
  ts.forEachChild(source, visit);
  return found;
}

/** True for a declaration that puts a name into the global scope: at the top of a lib file, or in `declare global`. */
function isGlobalDeclaration(declaration: ts.Declaration): boolean {
  for (let node: ts.Node = declaration.parent; ; node = node.parent) {
    if (ts.isModuleDeclaration(node)) return node.name.text === 'global';
    if (ts.isSourceFile(node)) return !ts.isExternalModule(node);
    if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node) || ts.isTypeLiteralNode(node) || ts.isFunctionLike(node))
      return false;
  }
}

function programOf(files: readonly string[], texts: ReadonlyMap<string, string> = new Map()): ts.Program {
  const configPath = join(ROOT, 'tsconfig.json');
  const config = ts.parseJsonConfigFileContent(
    ts.readConfigFile(configPath, (path) => ts.sys.readFile(path)).config,
    ts.sys,
    ROOT,
  );
  const host = ts.createCompilerHost(config.options, true);
  const readFile = host.readFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (path, options, ...rest) => {
    const text = texts.get(path);
    return text === undefined ? getSourceFile(path, options, ...rest) : ts.createSourceFile(path, text, options, true);
  };
  return ts.createProgram({ rootNames: [...files], options: config.options, host });
}

test('sealed rooms: touch the world only through Runtime', () => {
  const sealed = sourceFiles().filter((file) => SEALED.test(file) && !isEntryPoint(file));
  const planted = join(ROOT, 'src/shared/planted.ts');
  const bad = [
    `import { readFile } from 'node:fs/promises';`,
    `import { randomBytes } from 'node:crypto';`,
    `let counter = 0;`,
    `const cache = new Map<string, number>();`,
    `export const now = () => Date.now() + Math.random() + performance.now() + counter++ + cache.size;`,
    `export const later = () => { setTimeout(() => readFile('x'), 1); return process.pid + randomBytes(1).length; };`,
    `export const stop = () => AbortSignal.timeout(1);`,
    `export const load = () => import('./errors.js');`,
    `export const fine = (date: Date) => new Set([date.getTime(), new Date(5).getTime()]);`,
    `import hooks, { createHistogram, performance as clock } from 'node:perf_hooks';`,
  ].join('\n');
  const program = programOf([...sealed.map((file) => join(ROOT, file)), planted], new Map([[planted, bad]]));
  const checker = program.getTypeChecker();
  const check = (file: string): string[] => sideEffects(program.getSourceFile(file)!, checker);

  expect(sealed.flatMap((file) => check(join(ROOT, file)))).toEqual([]);
  expect(check(planted).map((line) => line.replace('src/shared/planted.ts:', ''))).toEqual([
    '3: declares a module variable that can change',
    '4: keeps state in the module',
    '1: imports node:fs/promises',
    '2: imports randomBytes from node:crypto',
    '5: names the global Date',
    '5: uses Math.random',
    '5: names the global performance',
    '6: names the global setTimeout',
    '6: names the global process',
    '7: uses AbortSignal.timeout',
    '8: imports dynamically',
    '10: imports all of node:perf_hooks',
    '10: imports performance from node:perf_hooks',
  ]);
});
