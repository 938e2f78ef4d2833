'use strict';
// Starts a command from dist. Plain CommonJS, so that an old Node can still read it and say what is wrong.
const { existsSync } = require('node:fs');

/**
 * @param {string} name of the command, for messages and for its `main(name, args)`
 * @param {string} program folder below dist/bundle
 * @param {number} threads of libuv, which do the file calls, unless UV_THREADPOOL_SIZE says otherwise
 * @param {readonly string[]} [variants] commands with a code cache of their own
 */
exports.launch = (name, program, threads, variants = []) => {
  const fail = (reason) => {
    process.stderr.write(`${name}: ${reason}\n`);
    process.exit(1);
  };
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`Node 20.19 or newer is needed, this is ${process.versions.node}`);
  const { folderOf, load } = require('./load-bundle.cjs');
  if (!existsSync(folderOf(program))) fail('it is not built yet: run "npm ci" (or "npm run build") in its folder first');
  // Read when the first file is opened: too late once modules run.
  if (process.env.UV_THREADPOOL_SIZE === undefined) process.env.UV_THREADPOOL_SIZE = String(threads);
  const args = process.argv.slice(2);
  const failWith = (error) => fail(error && error.message ? error.message : error);
  try {
    load(program, variants.includes(args[0]) ? args[0] : 'main')
      .main(name, args)
      .catch(failWith);
  } catch (error) {
    failWith(error);
  }
};
