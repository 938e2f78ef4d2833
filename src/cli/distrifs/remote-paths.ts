/** Paths of the cluster, for completion. */
import { DistriFS } from '../../distri-fs.js';
import type { Candidate, LookUpRequest } from '../terminal/completion/complete-line.js';
import { SILENT_LOGGER } from './admin-command.js';
import { addressesOption, profileOption } from './option-parsers.js';

/** Maximum number of candidates; the user can type more letters. */
const ENTRIES_MAX = 500;

/**
 * The entries of the typed directory; a directory ends in `/`. Empty when no master is named.
 * @throws DistriFSError, and errors of the options; the caller sets a time limit
 */
export async function remotePaths({ partial, options }: LookUpRequest): Promise<Candidate[]> {
  const masters = options.get('master') ?? process.env['DISTRIFS_MASTER'] ?? '';
  const profile = options.get('profile') ?? process.env['DISTRIFS_PROFILE'];
  if (masters === '') return [];
  const client = await DistriFS.connect({
    master: addressesOption(masters),
    clientName: `distrifs completion ${process.pid}`,
    log: SILENT_LOGGER,
    ...(profile === undefined ? {} : { profile: profileOption(profile) }),
  });
  try {
    const directory = partial.slice(0, partial.lastIndexOf('/') + 1) || '/';
    const found: Candidate[] = [];
    for await (const entry of client.list(directory)) {
      found.push({ value: `${directory}${entry.name}${entry.isDirectory() ? '/' : ''}` });
      if (found.length === ENTRIES_MAX) break;
    }
    return found;
  } finally {
    await client.close();
  }
}
