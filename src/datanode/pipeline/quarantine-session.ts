/** One request of an operator about the quarantine of this node. */
import { errorFrame, quarantineAnswer } from '../../protocol/data-headers.js';
import type { FrameChannel } from '../../protocol/frame-channel.js';
import type { QuarantineAnswer } from '../../protocol/generated/distrifs/v1/QuarantineAnswer.js';
import type { QuarantineItem } from '../../protocol/generated/distrifs/v1/QuarantineItem.js';
import type { QuarantineOpen__Output } from '../../protocol/generated/distrifs/v1/QuarantineOpen.js';
import { QUARANTINE_PAGE_MAX, QUARANTINE_VERSIONS_MAX } from '../../shared/limits.js';
import type { Quarantine } from '../store/quarantine.js';
import type { QuarantinedChunk, QuarantineVerification } from '../store/quarantine-files.js';
import { assertMeantForUs, blaming, type DataPlane, sendInTime } from './data-plane.js';

/** Serves a request. Resolves when the channel is at rest again, also after an ERROR; rejects when the connection is lost. */
export async function serveQuarantine(plane: DataPlane, channel: FrameChannel, open: QuarantineOpen__Output): Promise<void> {
  let frame: Uint8Array;
  try {
    assertMeantForUs(plane, open.clusterId, open.nodeId);
    frame = quarantineAnswer.encode(await answerOf(plane.quarantine, open));
  } catch (error) {
    plane.log.warn('A request about the quarantine is refused', { action: open.action, item: open.name, error });
    frame = errorFrame.encode(blaming(plane.identity.nodeId, error));
  }
  await sendInTime(plane, channel, () => channel.send(frame));
}

async function answerOf(quarantine: Quarantine, { action, after, name }: QuarantineOpen__Output): Promise<QuarantineAnswer> {
  const itemOf = (
    chunk: QuarantinedChunk,
    finding: QuarantineItem['finding'] = 'NOT_VERIFIED',
    badBlocks = 0,
  ): QuarantineItem => ({
    name: chunk.name,
    chunkId: quarantine.chunkIdOf(chunk),
    versions: chunk.metaVersions.toSorted((a, b) => b - a).slice(0, QUARANTINE_VERSIONS_MAX),
    hasData: chunk.hasData,
    dataBytes: chunk.dataBytes,
    finding,
    badBlocks,
  });
  switch (action) {
    case 'VERIFY': {
      const { chunk, found } = await quarantine.verify(name);
      return { items: [itemOf(chunk, findingOf(chunk, found), found.badBlocks)] };
    }
    case 'RESTORE':
      return { items: [itemOf(await quarantine.restore(name), 'RESTORED')] };
    case 'PURGE':
      return { items: [itemOf(await quarantine.purge(name), 'PURGED')] };
    case 'LIST':
    case 'QUARANTINE_ACTION_UNSPECIFIED': {
      const rest = (await quarantine.list()).filter((chunk) => chunk.name > after);
      const items = rest.slice(0, QUARANTINE_PAGE_MAX).map((chunk) => itemOf(chunk));
      return { items, hasMore: rest.length > items.length };
    }
  }
}

function findingOf(chunk: QuarantinedChunk, { meta }: QuarantineVerification): QuarantineItem['finding'] {
  if (!chunk.hasData || chunk.metaVersions.length === 0) return 'UNVERIFIABLE';
  return meta === null ? 'DIFFERS' : 'MATCHES';
}
