/**
 * Takes damaged files out of the log and keeps what is good before them, so that a group can refill the rest.
 *
 *   vote file says "damaged" ─▶ new active file beside: the good beginning of the damaged one ─▶ damaged files renamed, newest first
 *     ─▶ the new file gets its name
 *
 * A crash at any step leaves a log that is damaged still, or whole: the next start goes on. The vote file comes first, so that none of
 * these states is ever taken for a log that has lost nothing.
 */
import type { EntryId, HardState } from '../../raft/types.js';
import type { Disk } from '../../shared/runtime.js';
import { LOG_FILE, setAsideName, temporarySegmentName, withFile, writeWhole } from './log-files.js';
import type { Damage, LogFile, ReadableFile, Walk } from './log-walk.js';
import { encodeHardStateRecord, encodeHead, encodeSegmentRecord, SEGMENT_RECORD_BYTES } from './segment-head.js';
import type { SegmentHead } from './segment-head.js';
import { writeVote } from './vote-file.js';

/** Of one step of copying. */
const COPY_BYTES = 2 ** 20;

export interface SetAside {
  readonly files: readonly LogFile[];
  readonly walk: Walk;
  readonly damage: Damage;
  /** With isDamaged. */
  readonly hardState: HardState;
  /** Of the new active file. */
  readonly generation: number;
  /** Of the checkpoint; 0 and 0: there is none. */
  readonly base: EntryId;
}

/**
 * @returns old and new names of what was set aside
 * @throws DfsError of the disk
 */
export async function setAside(disk: Disk, order: SetAside): Promise<Map<string, string>> {
  await writeVote(disk, order.hardState);
  const temporary = temporarySegmentName(order.generation);
  const isCopied = await copyGoodBeginning(disk, order, temporary);
  if (!isCopied) await writeWhole(disk, temporary, encodeHead(headAfterGood(order), order.hardState));
  await disk.syncDirectory('.');
  const kept = new Set(goodFiles(order.walk).map(({ name }) => name));
  const bad = order.files.filter(({ kind, name }) => (kind === 'active' || kind === 'closed') && !kept.has(name));
  const names = await renameAway(disk, bad);
  await disk.rename(temporary, LOG_FILE);
  await disk.syncDirectory('.');
  return names;
}

/** Renames files so that they are no part of the log any more. @param files the oldest first @returns old and new names */
export async function renameAway(disk: Disk, files: readonly LogFile[]): Promise<Map<string, string>> {
  const taken = new Set((await disk.list('.')).map(({ name }) => name));
  const names = new Map<string, string>();
  // The newest first: what is left at a crash is a beginning of the log.
  for (const { name } of [...files].sort((a, b) => generationOf(b) - generationOf(a))) {
    const away = setAsideName(name, taken);
    taken.add(away);
    names.set(name, away);
    await disk.rename(name, away);
    await disk.syncDirectory('.');
  }
  return names;
}

function generationOf({ begin, kind }: LogFile): number {
  if (begin.kind === 'valid') return begin.head.generation;
  return kind === 'active' ? Infinity : 0;
}

/** What stays a part of the log. An active file never does: it takes a closed name first, or another one its place. */
function goodFiles({ files, good, replay }: Walk): readonly ReadableFile[] {
  return replay === null ? [] : files.slice(0, good).filter(({ kind }) => kind === 'closed');
}

/** @returns false when the damaged file has no good beginning */
async function copyGoodBeginning(disk: Disk, { walk, damage, hardState, generation }: SetAside, to: string): Promise<boolean> {
  const source = walk.files.find(({ name }) => name === damage.file);
  if (source === undefined || walk.replay === null || walk.end < source.begin.sizeBytes) return false;
  const { last } = walk.replay;
  await withFile(disk, to, 'create', async (target) => {
    await target.truncate(0);
    await target.write(encodeSegmentRecord({ ...source.begin.head, generation }), 0);
    await withFile(disk, source.name, 'read', async (file) => {
      for (let at = SEGMENT_RECORD_BYTES; at < walk.end; at += COPY_BYTES) {
        const bytes = new Uint8Array(Math.min(COPY_BYTES, walk.end - at));
        await target.write(bytes.subarray(0, await file.read(bytes, at)), at);
      }
    });
    await target.write(encodeHardStateRecord(hardState, last, 0), walk.end);
    await target.sync();
  });
  return true;
}

function headAfterGood({ walk, generation, base }: SetAside): SegmentHead {
  const before = goodFiles(walk).at(-1);
  if (before === undefined || walk.replay === null) return { generation, previousGeneration: 0, previousSizeBytes: 0, base };
  return {
    generation,
    previousGeneration: before.begin.head.generation,
    previousSizeBytes: before.sizeBytes,
    base: walk.replay.last,
  };
}
