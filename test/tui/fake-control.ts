/** A ClusterControl that remembers what it was asked and shows what a test sets. */
import type { ClusterControl } from '../../src/supervisor/api/cluster-control.js';
import type { ClusterEvent } from '../../src/supervisor/api/cluster-events.js';
import type { ChunkView, ClusterStatus, MemberStatus, NodeInfo, NodeStatus } from '../../src/supervisor/api/cluster-status.js';
import type { CommandKey, FaultAnswer } from '../../src/supervisor/api/lab-faults.js';
import type { Vocabulary } from '../../src/tui/model/command-prompt.js';
import { FakeLoad } from '../lab/live/fake-load.js';
import type { TuiActions } from '../../src/tui/model/tui-actions.js';

export const CLUSTER_ID = '3f2a9c1e-0b7d-4c55-9a10-2f6e8d4b7c01';

/** A master as it says it is, in term 1 at index 8. */
export function member(role: MemberStatus['role'], overrides: Partial<MemberStatus> = {}): MemberStatus {
  return { role, term: 1, commitIndex: 8, appliedIndex: 8, lag: 0, stateDigest: '', ...overrides };
}

/** A live node; a master when its id starts with `m-`. */
export function node(id: string, overrides: Partial<NodeStatus> = {}): NodeStatus {
  const isMaster = id.startsWith('m-');
  const number = Number(id.slice(id.lastIndexOf('-') + 1)) || 0;
  return {
    id,
    role: isMaster ? 'master' : 'datanode',
    state: 'live',
    pid: 4000 + number,
    address: `127.3.4.${number}:70${String(number).padStart(2, '0')}`,
    rack: isMaster ? '' : `rack-${1 + (number % 2)}`,
    usedBytes: isMaster ? 0 : number * 10 * 2 ** 20,
    capacityBytes: isMaster ? 0 : 100 * 2 ** 20,
    replicaCount: isMaster ? 0 : number * 3,
    disk: 'writable' as const,
    partitioned: false,
    member: isMaster ? member(id === 'm-1' ? 'leader' : 'follower') : null,
    ...overrides,
  };
}

/** A 4 MiB chunk of `path`, on the given datanodes, at replication 3. */
export function chunk(path: string, index: number, nodeIds: readonly string[], overrides: Partial<ChunkView> = {}): ChunkView {
  return { uuid: `${path}#${index}`, path, index, version: 1, lengthBytes: 4 * 2 ** 20, replication: 3, nodeIds, ...overrides };
}

/** One master and five datanodes, all well. */
export function status(overrides: Partial<ClusterStatus> = {}): ClusterStatus {
  return {
    clusterId: CLUSTER_ID,
    nodes: [node('m-1'), ...[1, 2, 3, 4, 5].map((n) => node(`dn-${n}`))],
    chunks: { total: 0, healthy: 0, underReplicated: 0, missing: 0, unreported: 0 },
    files: 0,
    safeMode: false,
    term: 1,
    leader: 'm-1',
    leaderChanges: 0,
    repairsCompleted: 0,
    orphanReplicas: 0,
    masterReachable: true,
    faults: [],
    ...overrides,
  };
}

export class FakeControl implements ClusterControl {
  readonly dir = '/tmp/distrifs/labs/lab-1';
  /** What was asked, such as `kill dn-1 dn-2`. */
  readonly calls: string[] = [];
  readonly listeners = new Set<(event: ClusterEvent) => void>();
  statusCalls = 0;
  /** status() calls that have not been answered. */
  statusOpen = 0;
  statusOpenMax = 0;
  current = status();
  listed: readonly ChunkView[] = [];
  /** What orders answer; replaced by tests of failure and of slowness. */
  answer: () => Promise<void> = () => Promise.resolve();
  statusAnswer: () => Promise<void> = () => Promise.resolve();

  emit(event: ClusterEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  #order(name: string, nodeIds: readonly string[]): Promise<void> {
    this.calls.push([name, ...nodeIds].join(' '));
    return this.answer();
  }

  readonly kill = (...nodeIds: readonly string[]): Promise<void> => this.#order('kill', nodeIds);
  readonly stop = (...nodeIds: readonly string[]): Promise<void> => this.#order('stop', nodeIds);
  readonly restart = (...nodeIds: readonly string[]): Promise<void> => this.#order('restart', nodeIds);
  readonly pause = (...nodeIds: readonly string[]): Promise<void> => this.#order('pause', nodeIds);
  readonly resume = (...nodeIds: readonly string[]): Promise<void> => this.#order('resume', nodeIds);
  readonly partition = (group: readonly string[]): Promise<void> => this.#order('partition', group);
  readonly isolate = (nodeIds: readonly string[]): Promise<void> => this.#order('isolate', nodeIds);
  readonly heal = (nodeIds: readonly string[] = []): Promise<void> => this.#order('heal', nodeIds);

  async transferLeadership(masterId = 'm-1'): Promise<string> {
    await this.#order('transfer-leadership', [masterId]);
    return masterId;
  }

  async status(): Promise<ClusterStatus> {
    this.statusCalls++;
    this.statusOpenMax = Math.max(this.statusOpenMax, ++this.statusOpen);
    try {
      await this.statusAnswer();
      return this.current;
    } finally {
      this.statusOpen--;
    }
  }

  async chunks(limit: number): Promise<readonly ChunkView[]> {
    return this.listed.slice(0, limit);
  }

  onEvent(listener: (event: ClusterEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  clientProxy(): string {
    return 'http://client@127.0.0.1:1';
  }

  masters(): readonly NodeInfo[] {
    return [];
  }

  datanodes(): readonly NodeInfo[] {
    return [];
  }

  async close(): Promise<void> {
    this.calls.push('close');
  }
}

const DELAY_KEYS: readonly CommandKey[] = [
  { key: 'delay', value: 'time', words: [], help: 'how much later', isNeeded: true },
  { key: 'direction', value: 'both|to|from', words: ['both', 'to', 'from'], help: 'which way', isNeeded: false },
  { key: 'target', value: 'names', words: [], help: 'the other side', isNeeded: false },
];

/** A few words, as the lab has them. */
export const VOCABULARY: Vocabulary = {
  words: [
    { word: 'delay', help: 'make bytes arrive later', nodes: 'needed', keys: DELAY_KEYS },
    { word: 'heal', help: 'end faults', nodes: 'optional', keys: [] },
    { word: 'kill', help: 'end nodes at once', nodes: 'needed', keys: [] },
    { word: 'powercut', help: 'cut the power', nodes: 'needed', keys: [] },
    { word: 'add', help: 'start new nodes', nodes: 'never', keys: [] },
  ],
  selectors: [{ key: 'role', value: 'master|datanode', words: ['master', 'datanode'], help: 'by role', isNeeded: false }],
  modes: [],
};

const EVIDENCE: Readonly<Record<FaultAnswer['effect'], string>> = {
  seen: 'process gone',
  none: 'nobody was there',
  passed: 'it had ended',
  watching: 'active',
};

/** A step as a command. */
function textOf(step: object): string {
  return Object.values(step as Record<string, { action: string; selector?: { name: string[] } }>)
    .map(({ action, selector, ...figures }) =>
      [action, ...(selector?.name ?? []), ...Object.entries(figures).map(([key, value]) => `${key}=${String(value)}`)].join(' '),
    )
    .join();
}

/** Commands that are remembered as orders of the control; each has its effect, unless `effect` says otherwise. */
export function fakeCommands(
  control: FakeControl,
  effect: FaultAnswer['effect'] = 'seen',
): Pick<TuiActions, 'faults' | 'load' | 'vocabulary'> {
  const done = async (text: string): Promise<FaultAnswer> => {
    control.calls.push(text);
    await control.answer();
    return { id: 1, text, action: 'kill', nodes: [], effect, effects: 0, evidence: EVIDENCE[effect] };
  };
  return {
    load: new FakeLoad(),
    vocabulary: VOCABULARY,
    faults: {
      check: async (text) => {
        const column = text.indexOf('dn-9') + 1;
        return column === 0 ? null : { column, message: 'unknown node "dn-9"' };
      },
      order: (text) => done(text),
      orderStep: (step) => done(textOf(step)),
    },
  };
}
