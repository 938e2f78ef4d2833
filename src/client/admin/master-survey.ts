/** Asks masters what they know of themselves and of one another: those that are named, and those that these name. */
import type { GetMasterStatusResponse__Output } from '../../protocol/generated/distrifs/v1/GetMasterStatusResponse.js';
import type { MasterMember__Output } from '../../protocol/generated/distrifs/v1/MasterMember.js';
import { MasterService } from '../../protocol/services.js';
import { type DfsError, toDfsError } from '../../shared/errors.js';
import type { Runtime } from '../../shared/runtime.js';

/** Members may name members: more addresses than this are not asked. */
const ADDRESSES_MAX = 32;

export type MasterStatus = GetMasterStatusResponse__Output;
export type MasterMember = MasterMember__Output;

/** One master, as seen from here. */
export interface MasterView {
  /** host:port that was asked; null: no master knows its address. */
  readonly address: string | null;
  /** As it says, or as the leader says of that address; null: unknown. */
  readonly id: string | null;
  /** null: it did not answer. */
  readonly status: MasterStatus | null;
  /** Why it did not answer; null when it did. */
  readonly error: DfsError | null;
}

/** A master that answered. */
export interface AnsweringMaster extends MasterView {
  readonly address: string;
  readonly id: string;
  readonly status: MasterStatus;
  readonly error: null;
}

export interface MasterSurvey {
  /** By id; those without one last. */
  readonly views: readonly MasterView[];
  /** The one that leads in the latest term; null: none of those that answered. */
  readonly leader: AnsweringMaster | null;
  /** The group as the leader has it; without one, as the master that has applied most has it. */
  readonly members: readonly MasterMember[];
}

export function hasAnswered(view: MasterView): view is AnsweringMaster {
  return view.status !== null && view.id !== null && view.address !== null;
}

async function ask(runtime: Runtime, address: string, deadlineMs: number): Promise<MasterView> {
  const channel = runtime.rpc.connect(address);
  try {
    const status = await channel.call(MasterService.GetMasterStatus, {}, { deadlineMs });
    return { address, id: status.masterId, status, error: null };
  } catch (error) {
    return { address, id: null, status: null, error: toDfsError(error, `Cannot ask the master at ${address}`) };
  } finally {
    channel.close();
  }
}

/**
 * Asks every master of `addresses`, and every member that an answer names, all at once.
 * @param deadlineMs for each of them
 * @param asksMembers false: only `addresses`
 * @returns one view a master; never rejects for one that is silent
 */
export async function surveyMasters(
  runtime: Runtime,
  addresses: readonly string[],
  deadlineMs: number,
  asksMembers = true,
): Promise<MasterSurvey> {
  const views = new Map<string, Promise<MasterView>>();
  const visit = async (address: string): Promise<void> => {
    if (address === '' || views.has(address) || views.size >= ADDRESSES_MAX) return;
    const answer = ask(runtime, address, deadlineMs);
    views.set(address, answer);
    const { status } = await answer;
    if (!asksMembers) return;
    await Promise.all((status?.members ?? []).map((member) => visit(member.address)));
  };
  await Promise.all(addresses.map(visit));
  return summarize(await Promise.all(views.values()));
}

function summarize(views: readonly MasterView[]): MasterSurvey {
  const answering = views.filter(hasAnswered);
  const leaders = answering.filter(({ status }) => status.role === 'LEADER').sort((a, b) => b.status.term - a.status.term);
  const leader = leaders[0] ?? null;
  const informed = answering.toSorted((a, b) => b.status.appliedIndex - a.status.appliedIndex)[0];
  const members = (leader ?? informed)?.status.members ?? [];
  return { views: oneEach(views, members), leader, members };
}

/** One master may have been asked at several addresses; a member whose address is unknown was not asked at all. */
function oneEach(views: readonly MasterView[], members: readonly MasterMember[]): MasterView[] {
  const rows = new Map<string, MasterView>();
  for (const view of views) {
    const id = view.id ?? members.find(({ address }) => address === view.address)?.masterId ?? null;
    // Members of different clusters may have the same name.
    const key = id === null ? `at ${view.address}` : `${id} ${view.status?.clusterId ?? ''} ${view.status?.incarnation ?? ''}`;
    const known = rows.get(key);
    const isListed = members.some((member) => member.masterId === id && member.address === view.address);
    if (known === undefined || isListed) rows.set(key, { ...view, id });
  }
  const answered = new Set([...rows.values()].filter(hasAnswered).map(({ id }) => id));
  for (const [key, row] of rows) if (row.status === null && row.id !== null && answered.has(row.id)) rows.delete(key);
  const seen = new Set([...rows.values()].map(({ id }) => id));
  for (const { masterId } of members) {
    if (!seen.has(masterId)) rows.set(masterId, { address: null, id: masterId, status: null, error: null });
  }
  return [...rows.values()].sort(
    (a, b) => compare(a.id ?? '\uffff', b.id ?? '\uffff') || compare(a.address ?? '', b.address ?? ''),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
