'use strict';
// Preloaded into the processes and threads of scripts/record-caches.mjs: each program stores its code cache when it ends, with all
// functions that V8 has compiled by then. A cache that is there already is loaded, and so grows with each run.
const { renameSync, writeFileSync } = require('node:fs');
const { threadId } = require('node:worker_threads');
const loader = require('../../bin/load-bundle.cjs');

loader.onCompiled = (script, file) => {
  process.on('exit', () => {
    const own = `${file}.${process.pid}.${threadId}`;
    writeFileSync(own, script.createCachedData());
    renameSync(own, file);
  });
};
