'use strict';
// Starts a command from dist. Plain CommonJS, so that an old Node can still read it and say what is wrong.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

/**
 * @param {string} name of the command, for messages and for its `main(name, args)`
 * @param {string} file below dist/cli
 * @param {number} threads of libuv, which do the file calls, unless UV_THREADPOOL_SIZE says otherwise
 */
exports.launch = (name, file, threads) => {
  const fail = (reason) => {
    process.stderr.write(`${name}: ${reason}\n`);
    process.exit(1);
  };
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`Node 20.19 or newer is needed, this is ${process.versions.node}`);
  const entry = join(__dirname, '..', 'dist', 'cli', file);
  if (!existsSync(entry)) fail('it is not built yet: run "npm ci" (or "npm run build") in its folder first');
  // Read when the first file is opened: too late once modules run.
  if (process.env.UV_THREADPOOL_SIZE === undefined) process.env.UV_THREADPOOL_SIZE = String(threads);
  import(pathToFileURL(entry).href)
    .then(({ main }) => main(name, process.argv.slice(2)))
    .catch((error) => fail(error && error.message ? error.message : error));
};
