#!/usr/bin/env node
'use strict';
// Starts the `distrifs-lab` command. Plain CommonJS, so that an old Node can still read it and say what is wrong.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const [major, minor] = process.versions.node.split('.').map(Number);
const entry = join(__dirname, '..', 'dist', 'cli', 'lab.js');

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`distrifs-lab: Node 20.19 or newer is needed, this is ${process.versions.node}\n`);
  process.exit(1);
}
if (!existsSync(entry)) {
  process.stderr.write('distrifs-lab: it is not built yet: run "npm ci" (or "npm run build") in its folder first\n');
  process.exit(1);
}
// Read when the first file is opened: too late once modules run.
if (process.env.UV_THREADPOOL_SIZE === undefined) process.env.UV_THREADPOOL_SIZE = '8';
import(pathToFileURL(entry).href)
  .then(({ main }) => main('distrifs-lab', process.argv.slice(2)))
  .catch((error) => {
    process.stderr.write(`distrifs-lab: ${error && error.message ? error.message : error}\n`);
    process.exit(1);
  });
