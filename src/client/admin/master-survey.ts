/** Queries the status of masters: of the given addresses, and of the members named in their answers. */
import type { GetMasterStatusResponse__Output } from '../../protocol/generated/distrifs/v1/GetMasterStatusResponse.js';
import type { MasterMember__Output } from '../../protocol/generated/distrifs/v1/MasterMember.js';
import { MasterService } from '../../protocol/services.js';
import { type DfsError, toDfsError } from '../../shared/errors.js';
import type { Runtime } from '../../shared/runtime.js';

/** Maximum number of queried addresses, because members may name further members. */
const ADDRESSES_MAX = 32;

export type MasterStatus = GetMasterStatusResponse__Output;
export type MasterMember = MasterMember__Output;

/** One master, as seen by this client. */
export interface MasterView {
  /** host:port that was asked; null: no master knows its address. */
  readonly address: string | null;
  /** The id reported by the master, or by the leader for this address; null: unknown. */
  readonly id: string | null;
  /** null: the master did not answer. */
  readonly status: MasterStatus | null;
  /** The reason for a missing answer; null after an answer. */
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
  /** Sorted by id; masters without an id last. */
  readonly views: readonly MasterView[];
  /** The leader of the latest term; null: none of the answering masters leads. */
  readonly leader: AnsweringMaster | null;
  /** The group as known to the leader; without a leader, to the master with the highest applied index. */
  readonly members: readonly MasterMember[];
}

/** A survey that found the leader. */
export interface LedSurvey extends MasterSurvey {
  readonly leader: AnsweringMaster;
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
 * Queries every master of `addresses`, and every member named in an answer, in parallel.
 * @param deadlineMs deadline of each query
 * @param asksMembers false: query only `addresses`
 * @returns one view for each master; a silent master does not reject
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
