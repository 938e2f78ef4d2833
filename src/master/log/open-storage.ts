/**
 * Recover(): opens the disk of a member, and decides about damage.
 *
 *   newest readable checkpoint ─▶ log after it ─┬ whole, or with a torn tail, which is cut ─▶ accepted
 *                                               └ corruption ─┬ others hold the log, the vote is sound ─▶ set aside, a non-voter until refilled
 *                                                             └ otherwise ─▶ LOG_DAMAGED, nothing changed
 */
import { DfsError } from '../../shared/errors.js';
import type { Disk } from '../../shared/runtime.js';
import { isSameAddress } from '../../raft/membership.js';
import type { Address, EntryId, HardState, Members, Snapshot } from '../../raft/types.js';
import { DEFAULT_CHECKPOINT_LOG_BYTES, DEFAULT_SEGMENT_BYTES, DiskMemberStorage } from './disk-member-storage.js';
import type { MemberStorageContext } from './disk-member-storage.js';
import { itemOfHardState } from './entry-record.js';
import { isSameHardState, laterHardState } from './hard-state.js';
import { damagedForGood, foreignDisk, lostTerm } from './log-damaged.js';
import { inspectLog } from './inspect-log.js';
import { LOG_FILE } from './log-files.js';
import { isReadable, listLogFiles, walkLog } from './log-walk.js';
import type { Damage, LogFile, Walk } from './log-walk.js';
import type { LogReplay } from './log-replay.js';
import { LogSegments } from './log-segments.js';
import type { OpenedStorage } from './member-storage.js';
import { readSegmentHint, SegmentHintWriter } from './segment-hint.js';
import { renameAway, setAside } from './set-aside.js';
import { acceptTail, findCorruption } from './torn-tail.js';
import { readVote, TEMPORARY_VOTE_FILE, writeVote } from './vote-file.js';
import type { StoredVote } from './vote-file.js';

export interface OpenStorageOptions extends Omit<MemberStorageContext, 'segmentBytes' | 'checkpointLogBytes'> {
  /** Whose disk it is. */
  readonly self: Address;
  /** The set as it is known without the log: the masters that may hold it too, when the log is too damaged to name them. */
  readonly bootstrapMembers: Members;
  /** Default 64 MiB. */
  readonly segmentBytes?: number;
  /** Default 64 MiB. */
  readonly checkpointLogBytes?: number;
}

/** A log of which every record is accepted. */
interface SoundLog {
  readonly files: readonly LogFile[];
  readonly walk: Walk;
  readonly replay: LogReplay;
  readonly nextGeneration: number;
  /** Of the active file, as the hint says. */
  readonly durableOffset: number;
}

const NOTHING: EntryId = { index: 0, term: 0 };
/** Passes: the first may finish what a crash interrupted, the second may set damage aside. */
const PASSES_MAX = 4;

/**
 * Restores the state from the newest checkpoint and reads the log after it. The folder must be locked, and made by `bootstrapStorage`.
 * @throws DfsError LOG_DAMAGED naming file, offset and the ways out; UNIMPLEMENTED for an operation of a newer release; or of the disk
 */
export async function openStorage(options: OpenStorageOptions): Promise<OpenedStorage> {
  const { disk, snapshots, state, self } = options;
  const vote = await readVote(disk);
  if (vote.kind === 'sound' && vote.hardState.incarnation !== self.incarnation) throw foreignDisk(disk, vote.hardState, self);
  const snapshot = await snapshots.restore(state);
  const log = await recoverLog(options, vote, snapshot);
  const hardState = await agreedHardState(options, log, snapshot);
  const isAgreed = agrees(log.replay, snapshot);
  if (!isAgreed && !othersVote(options, log.replay, snapshot)) {
    const reason = `the log does not hold entry ${snapshot?.index ?? 0}, which the newest checkpoint ends with`;
    throw damagedForGood(disk, { file: LOG_FILE, offset: log.walk.end, reason, isUnreadable: false }, false, null);
  }
  const context: MemberStorageContext = {
    ...options,
    segmentBytes: options.segmentBytes ?? DEFAULT_SEGMENT_BYTES,
    checkpointLogBytes: options.checkpointLogBytes ?? DEFAULT_CHECKPOINT_LOG_BYTES,
  };
  const segments = await openSegments(context, log, hardState);
  try {
    if (!isAgreed && snapshot !== null) {
      const fields = { checkpoint: snapshot.index, lastIndex: log.replay.last.index };
      options.log.warn('The log ends before the newest checkpoint, or differs from it: the checkpoint takes its place', fields);
      await segments.beginAfter(snapshot, hardState);
    }
    await agreeOnVote(options, segments, hardState);
  } catch (error) {
    await segments.close();
    throw error;
  }
  const entries = isAgreed ? log.replay.entries : [];
  return {
    storage: new DiskMemberStorage(context, segments, isAgreed ? log.replay.bytesAfter : 0),
    stored: { hardState, snapshot, entries },
  };
}

async function recoverLog(options: OpenStorageOptions, first: StoredVote, snapshot: Snapshot | null): Promise<SoundLog> {
  const { disk } = options;
  let vote = first;
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const files = await listLogFiles(disk);
    if (await finishSwap(disk, files, vote)) continue;
    const hint = await readSegmentHint(disk);
    const walk = await walkLog(disk, files, snapshot?.index ?? 0);
    const active = walk.files.at(-1);
    const isHinted = active !== undefined && hint?.generation === active.begin.head.generation;
    const durableOffset = Math.max(isHinted ? hint.durableOffset : 0, active?.begin.sizeBytes ?? 0);
    const corruption =
      active?.kind === 'active' ? await findCorruption(disk, active, walk.end, walk.damage, durableOffset) : walk.damage;
    const nextGeneration =
      1 + Math.max(hint?.generation ?? 0, ...files.filter(isReadable).map(({ begin }) => begin.head.generation));
    if (corruption === null && walk.replay !== null) return { files, walk, replay: walk.replay, nextGeneration, durableOffset };
    if (corruption !== null) await handleCorruption(options, corruption, files, walk, vote, snapshot, nextGeneration);
    vote = await readVote(disk);
  }
  throw new DfsError('INTERNAL', `${disk.root} does not come to rest: its log is found damaged after the damage was set aside`);
}

/**
 * Puts a whole new file in place that a crash has left under its temporary name between two renames.
 * @returns true when something was changed
 */
async function finishSwap(disk: Disk, files: readonly LogFile[], vote: StoredVote): Promise<boolean> {
  if (files.some(({ kind }) => kind === 'active')) return false;
  const closed = files.filter(({ kind }) => kind === 'closed');
  const last = Math.max(0, ...closed.map(({ begin }) => (begin.kind === 'valid' ? begin.head.generation : Infinity)));
  // A log that begins anew takes the old one's place in one step, except where damage was set aside.
  if (last === 0 && !(vote.kind === 'sound' && vote.hardState.isDamaged)) return false;
  const next = files
    .filter(isReadable)
    .find(({ kind, begin: { head } }) => kind === 'temporary' && head.previousGeneration === last && head.generation > last);
  if (next === undefined) return false;
  await disk.rename(next.name, LOG_FILE);
  await disk.syncDirectory('.');
  return true;
}

/** @throws DfsError LOG_DAMAGED when no other master could refill the log, or the vote is in doubt */
async function handleCorruption(
  options: OpenStorageOptions,
  damage: Damage,
  files: readonly LogFile[],
  walk: Walk,
  vote: StoredVote,
  snapshot: Snapshot | null,
  generation: number,
): Promise<void> {
  const { disk, log } = options;
  const isGroup = othersVote(options, walk.replay, snapshot) || (await othersVoteLater(options));
  if (!isGroup || vote.kind !== 'sound') throw damagedForGood(disk, damage, isGroup, vote.kind === 'sound' ? null : vote.reason);
  const base = snapshot === null ? NOTHING : { index: snapshot.index, term: snapshot.term };
  const hardState = { ...laterHardState(vote.hardState, walk.replay?.hardState ?? vote.hardState), isDamaged: true };
  const names = await setAside(disk, { files, walk, damage, hardState, generation, base });
  const kept = [...names].map(([from, to]) => `${from} as ${to}`).join(', ');
  log.error(
    `${disk.root}/${damage.file} is damaged at offset ${damage.offset}: ${damage.reason}. Set aside: ${kept === '' ? 'nothing' : kept}. ` +
      'This master does not vote until a leader elected without it has refilled its log',
    { file: damage.file, offset: damage.offset, lastGoodIndex: walk.replay?.last.index ?? 0 },
  );
}

/** True when the log holds the checkpoint's last entry: then what follows in it follows the checkpoint. */
function agrees(replay: LogReplay, snapshot: Snapshot | null): boolean {
  return snapshot === null || replay.termAt(snapshot.index) === snapshot.term;
}

/** Whether another master votes in the last set that is known. */
function othersVote(
  { self, bootstrapMembers }: OpenStorageOptions,
  replay: LogReplay | null,
  snapshot: Snapshot | null,
): boolean {
  const inLog =
    replay === null || !agrees(replay, snapshot)
      ? undefined
      : replay.entries
          .map(({ body }) => (body.kind === 'members' ? body.members : undefined))
          .findLast((set) => set !== undefined);
  return hasOtherVoter(inLog ?? snapshot?.members ?? bootstrapMembers, self);
}

/** Whether another master votes in a set that stands behind the damage: masters that were added since hold the log, too. */
async function othersVoteLater({ disk, self }: OpenStorageOptions): Promise<boolean> {
  for await (const item of inspectLog(disk)) {
    if (item.kind === 'record' && isMembers(item.detail) && hasOtherVoter(item.detail, self)) return true;
  }
  return false;
}

const isMembers = (detail: HardState | Members | null): detail is Members => Array.isArray(detail);

/** An earlier incarnation of this master counts as another one: this one is new in the group, and has its log from there. */
const hasOtherVoter = (members: Members, self: Address): boolean =>
  members.some((member) => member.isVoter && !isSameAddress(member, self));

/** @throws DfsError LOG_DAMAGED when term and vote cannot be the last ones */
async function agreedHardState(
  { disk, log, self }: OpenStorageOptions,
  { replay }: SoundLog,
  snapshot: Snapshot | null,
): Promise<HardState> {
  const vote = await readVote(disk);
  const inLog = replay.hardState;
  if (vote.kind !== 'sound') log.warn(`${disk.root}/master.vote: ${vote.reason}. It is made anew from the log, which is whole`);
  const hardState = vote.kind === 'sound' ? laterHardState(vote.hardState, inLog ?? vote.hardState) : inLog;
  const term = Math.max(replay.last.term, snapshot?.term ?? 0);
  if (hardState === null || hardState.term < term) throw lostTerm(disk, hardState?.term ?? 0, term);
  if (hardState.incarnation !== self.incarnation) throw foreignDisk(disk, hardState, self);
  return hardState;
}

/** Accepts the log: cuts its torn tail, makes the rest durable, removes what is left over. */
async function openSegments(context: MemberStorageContext, log: SoundLog, hardState: HardState): Promise<LogSegments> {
  const { disk } = context;
  const { walk, replay, nextGeneration, durableOffset } = log;
  const active = walk.files.at(-1);
  if (active === undefined) throw new DfsError('INTERNAL', `${disk.root} has no ${LOG_FILE}, though it was read`);
  const file = await acceptTail(disk, context.log, active, walk.end, walk.damage, durableOffset);
  try {
    await tidyUp(context, log);
    const hint = await SegmentHintWriter.open(disk, context.log);
    const closed = walk.files.slice(0, -1).map(({ name, begin, sizeBytes }) => ({ name, head: begin.head, sizeBytes }));
    return new LogSegments(context, hint, {
      file,
      active: { head: active.begin.head, sizeBytes: walk.end },
      closed,
      last: replay.last,
      hardState: replay.hardState ?? hardState,
      nextGeneration,
    });
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Removes temporary files and what a later beginning of the log has made void; keeps what cannot be read. */
async function tidyUp({ disk, log }: MemberStorageContext, { files, walk }: SoundLog): Promise<void> {
  const belongs = new Set(walk.files.map(({ name }) => name));
  const others = files.filter(({ name, kind }) => kind !== 'set-aside' && !belongs.has(name));
  const unreadable = others.filter((file) => file.kind === 'closed' && !isReadable(file));
  for (const { name } of others) if (!unreadable.some((file) => file.name === name)) await disk.remove(name);
  for (const [from, to] of await renameAway(disk, unreadable)) {
    log.error(`${disk.root}/${from} is damaged at its beginning. The newest checkpoint holds what it held; it was kept as ${to}`);
  }
  const names = (await disk.list('.')).map(({ name }) => name);
  if (names.includes(TEMPORARY_VOTE_FILE)) await disk.remove(TEMPORARY_VOTE_FILE);
  await disk.syncDirectory('.');
}

/** Makes both copies of the hard state equal, durably, before it is used. */
async function agreeOnVote({ disk, room }: OpenStorageOptions, segments: LogSegments, hardState: HardState): Promise<void> {
  const vote = await readVote(disk);
  if (vote.kind !== 'sound' || !isSameHardState(vote.hardState, hardState)) await writeVote(disk, hardState, room);
  if (!isSameHardState(segments.hardState, hardState)) await segments.append([itemOfHardState(hardState)], hardState);
}
