/** What ran the run: versions, for those who see its report elsewhere. */
import { readFileSync } from 'node:fs';
import type { Sample } from './run-samples.js';

export function hostSample(): Sample {
  // The file is ours and holds a version; it stands three folders up in the sources, in dist and from a bundle's chunks.
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return { sample: 'host', lab: version, node: process.version, system: `${process.platform} ${process.arch}` };
}
