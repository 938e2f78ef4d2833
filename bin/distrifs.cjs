#!/usr/bin/env node
'use strict';
// Starts the `distrifs` command. Plain CommonJS, so that an old Node can still read it and say what is wrong.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const [major, minor] = process.versions.node.split('.').map(Number);
const entry = join(__dirname, '..', 'dist', 'cli', 'distrifs.js');

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`distrifs: Node 20.19 or newer is needed, this is ${process.versions.node}\n`);
  process.exit(1);
}
if (!existsSync(entry)) {
  process.stderr.write('distrifs: it is not built yet: run "npm ci" (or "npm run build") in its folder first\n');
  process.exit(1);
}
// Read when the first file is opened: disk calls of many chunks must not wait for each other. Too late once modules run.
if (process.env.UV_THREADPOOL_SIZE === undefined) process.env.UV_THREADPOOL_SIZE = '16';
import(pathToFileURL(entry).href).catch((error) => {
  process.stderr.write(`distrifs: ${error && error.message ? error.message : error}\n`);
  process.exit(1);
});
