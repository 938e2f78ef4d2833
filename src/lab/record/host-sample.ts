/** Versions of the lab, of Node and of the system that executed a run, for readers of its report on another machine. */
import { readFileSync } from 'node:fs';
import type { Sample } from './run-samples.js';

export function hostSample(): Sample {
  // package.json is three folders up from the sources, from dist and from the chunks of a bundle, and holds a version.
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return { sample: 'host', lab: version, node: process.version, system: `${process.platform} ${process.arch}` };
}
