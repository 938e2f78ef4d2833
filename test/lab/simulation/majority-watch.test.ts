import { expect, test } from 'vitest';
import { NamespaceService, RaftService } from '../../../src/protocol/services.js';
import type { RpcBinding, RpcContext, Runtime } from '../../../src/shared/runtime.js';
import { MajorityWatch } from '../../../src/lab/simulation/majority-watch.js';

const { Rename, GetFileInfo, ReportBadReplica } = NamespaceService;

/** The request of a numbered mutation. */
const renameOf = (sequence: number): Uint8Array =>
  Rename.encodeRequest({ header: { clusterId: 'c', sessionId: 1, sequence }, fromPath: '/a', toPath: '/b' });

/** Three masters on which everything is said by hand; m-1 answers what `answer` says. */
class World {
  nowMs = 0;
  readonly cut = new Set<string>();
  readonly masters = ['m-1', 'm-2', 'm-3'].map((id, at) => ({ id, isAwake: true, pid: at }));
  answer: () => Promise<Uint8Array> = () => Promise.resolve(new Uint8Array());
  readonly watch = new MajorityWatch({
    masters: () => this.masters,
    isLinked: (from, to) => !this.cut.has(`${from} ${to}`),
    nowMs: () => this.nowMs,
  });
  #served: readonly RpcBinding[] = [];

  constructor() {
    const rpc: Runtime['rpc'] = {
      serve: (_listen, bindings) => {
        this.#served = bindings;
        return Promise.resolve({ address: '', stop: () => Promise.resolve() });
      },
      connect: () => {
        throw new Error('nobody connects');
      },
    };
    const handle = (): Promise<Uint8Array> => this.answer();
    const paths = [Rename.path, GetFileInfo.path, ReportBadReplica.path, RaftService.Step.path];
    void this.watch.watching('m-1', { rpc } as Runtime).rpc.serve(
      '',
      paths.map((path) => ({ path, handle })),
    );
  }

  /** Cuts links in one direction, or heals all when there are none. */
  link(...cut: readonly string[]): void {
    this.cut.clear();
    for (const each of cut) this.cut.add(each);
    this.watch.notice();
  }

  become(at: number, state: { readonly isAwake?: boolean; readonly pid?: number | null }): void {
    Object.assign(this.masters[at] ?? {}, state);
    this.watch.notice();
  }

  async ask(path: string, request: Uint8Array): Promise<void> {
    this.nowMs += 10;
    const binding = this.#served.find((each) => each.path === path);
    await binding?.handle(request, {} as RpcContext).catch(() => undefined);
  }

  rename(sequence: number): Promise<void> {
    return this.ask(Rename.path, renameOf(sequence));
  }
}

test('MajorityWatch: an answer to what was asked during the cut is noted, with the master, the method and the time', async () => {
  const world = new World();
  world.link('m-1 m-2', 'm-3 m-1');
  await world.rename(1);
  await world.ask(GetFileInfo.path, GetFileInfo.encodeRequest({ path: '/a' }));
  expect(world.watch.facts).toEqual({
    tried: 2,
    acknowledged: [
      { master: 'm-1', method: 'Rename', cutOffMs: 10 },
      { master: 'm-1', method: 'GetFileInfo', cutOffMs: 20 },
    ],
  });
});

test('MajorityWatch: an error is no answer, but was asked for', async () => {
  const world = new World();
  world.answer = () => Promise.reject(new Error('NOT_LEADER'));
  world.link('m-1 m-2', 'm-1 m-3');
  await world.rename(1);
  expect(world.watch.facts).toEqual({ tried: 1, acknowledged: [] });
});

test('MajorityWatch: a mutation that was seen before the cut may have been agreed upon, and its answer be remembered', async () => {
  const world = new World();
  await world.rename(1);
  world.link('m-1 m-2', 'm-1 m-3');
  await world.rename(1);
  expect(world.watch.facts.tried).toBe(0);
  await world.rename(2);
  expect(world.watch.facts.acknowledged).toHaveLength(1);
});

test('MajorityWatch: one of the two others is enough; what the group is not asked about is not looked at', async () => {
  const world = new World();
  world.link('m-1 m-2');
  await world.rename(1);
  world.link('m-1 m-2', 'm-1 m-3');
  await world.ask(ReportBadReplica.path, ReportBadReplica.encodeRequest({}));
  await world.ask(RaftService.Step.path, RaftService.Step.encodeRequest({}));
  expect(world.watch.facts.tried).toBe(0);
});

test('MajorityWatch: the dead and the paused make no majority; a master that slept has a cut of its own', async () => {
  const world = new World();
  world.become(1, { isAwake: false, pid: null });
  world.become(2, { isAwake: false });
  await world.rename(1);
  expect(world.watch.facts.acknowledged).toHaveLength(1);
  world.become(0, { isAwake: false });
  world.become(0, { isAwake: true, pid: 7 });
  await world.rename(2);
  expect(world.watch.facts.acknowledged.map(({ cutOffMs }) => cutOffMs)).toEqual([10, 10]);
});

test('MajorityWatch: what is answered after the healing may have been agreed upon', async () => {
  const world = new World();
  world.link('m-1 m-2', 'm-1 m-3');
  world.answer = () => {
    world.link();
    return Promise.resolve(new Uint8Array());
  };
  await world.rename(1);
  expect(world.watch.facts).toEqual({ tried: 0, acknowledged: [] });
});
