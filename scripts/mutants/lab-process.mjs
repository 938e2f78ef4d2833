/**
 * Child process: the `lab` command of one copy of the code, started as by bin/lab.cjs.
 *
 *   node lab-process.mjs FOLDER run SCENARIO --seed 1 --json
 */
import { pathToFileURL } from 'node:url';

const [code, ...args] = process.argv.slice(2);
const { main } = await import(pathToFileURL(`${code}/cli/lab.js`).href);
await main('lab', args);
