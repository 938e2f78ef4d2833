'use strict';
// Loads a program that scripts/bundle.mjs made, with the code cache of V8 that scripts/record-caches.mjs recorded for it: V8 then
// compiles no function that the recorded run had compiled. V8 refuses a cache of another version or of other flags of V8, and the
// program is compiled as without a cache. Nothing is written here. Plain CommonJS: the ES module loader is part of the cost of a start.
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const PREFIX = '(function (exports, require, module, __filename, __dirname) {';

/** The cache of a role or a command. @returns undefined when none was recorded */
const readCache = (folder, variant) => {
  try {
    return readFileSync(join(folder, `${variant}.cache`));
  } catch {
    return undefined;
  }
};

/** The folder of a program: its code, and the caches. */
exports.folderOf = (name) => join(__dirname, '..', 'dist', 'bundle', name);

/** Dynamic import for bundles: Node 20 has none in a script with a code cache. */
exports.importModule = (specifier) => import(specifier);

/** Called with each script and its cache's file: set by the recorder of caches. */
exports.onCompiled = () => undefined;

/**
 * Compiles a program.
 * @param {string} name of the program's folder below dist/bundle
 * @param {string} variant which of its caches is used: what the recorded run did
 * @returns {Script} `cachedDataRejected` is false when V8 uses the cache; its value is a function with the parameters of a module
 */
exports.compile = (name, variant) => {
  const folder = exports.folderOf(name);
  const filename = join(folder, 'code.cjs');
  // The bundler escapes what is not ASCII. V8 keeps such a text with one byte a character.
  const source = `${PREFIX}${readFileSync(filename, 'latin1')}\n})`;
  const script = new Script(source, { filename, columnOffset: -PREFIX.length, cachedData: readCache(folder, variant) });
  exports.onCompiled(script, join(folder, `${variant}.cache`));
  return script;
};

/**
 * Loads a program.
 * @param {string} name of the program's folder below dist/bundle
 * @param {string} [variant] which of its caches is used
 * @returns {object} its exports
 */
exports.load = (name, variant = 'main') => {
  const filename = join(exports.folderOf(name), 'code.cjs');
  // Node reads source maps, and V8 counts coverage, only of what Node's own loader compiles.
  if (process.sourceMapsEnabled === true || process.env.NODE_V8_COVERAGE) return require(filename);
  const module = { exports: {}, filename };
  const run = exports.compile(name, variant).runInThisContext();
  run.call(module.exports, module.exports, createRequire(filename), module, filename, dirname(filename));
  return module.exports;
};
