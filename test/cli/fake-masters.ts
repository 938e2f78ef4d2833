/** Masters that say what a test tells them to, on real gRPC ports: for the commands that ask masters. */
import { bindService, ClusterService, MasterService, type Handlers } from '../../src/protocol/services.js';
import type { GetMasterStatusResponse } from '../../src/protocol/generated/distrifs/v1/GetMasterStatusResponse.js';
import type { MasterMember } from '../../src/protocol/generated/distrifs/v1/MasterMember.js';
import { createNodeRuntime } from '../../src/runtime/node/index.js';
import { DfsError } from '../../src/shared/errors.js';
import { SILENT_LOGGER } from '../../src/cli/distrifs/admin-command.js';

const CLUSTER_ID = 'c0ffee00-0000-4000-8000-000000000001';

type MasterHandlers = Handlers<typeof MasterService> &
  Pick<Handlers<typeof ClusterService>, 'GetClusterStatus' | 'RemoveDataNode'>;

export interface FakeMaster {
  readonly id: string;
  readonly address: string;
  /** Laid over the default answer. */
  status: GetMasterStatusResponse;
  /** Laid over handlers that refuse. */
  handlers: Partial<MasterHandlers>;
  /** Calls that came, but for GetMasterStatus: name and request. */
  readonly calls: [string, Record<string, unknown>][];
  stop(): Promise<void>;
}

/** A group of masters that see one another; the first one leads. */
export class FakeGroup {
  readonly masters: FakeMaster[] = [];
  readonly #host = createNodeRuntime({ dataDir: '/nowhere', log: SILENT_LOGGER });
  /** As every one of them tells it. */
  members: MasterMember[] = [];
  leaderId = 'm-1';

  static async start(...ids: readonly string[]): Promise<FakeGroup> {
    const group = new FakeGroup();
    for (const id of ids) await group.add(id);
    group.members = group.masters.map(({ id, address }) => ({ masterId: id, address, incarnation: 1, isVoter: true }));
    return group;
  }

  get addresses(): string {
    return this.masters.map(({ address }) => address).join(',');
  }

  master(id: string): FakeMaster {
    const found = this.masters.find((master) => master.id === id);
    if (found === undefined) throw new Error(`no fake master ${id}`);
    return found;
  }

  member(id: string): MasterMember {
    const found = this.members.find(({ masterId }) => masterId === id);
    if (found === undefined) throw new Error(`no member ${id}`);
    return found;
  }

  /** Starts a master that is no member yet. */
  async add(id: string, status: GetMasterStatusResponse = {}): Promise<FakeMaster> {
    const calls: FakeMaster['calls'] = [];
    const refuse = (): never => {
      const leader = this.masters.find((each) => each.id === this.leaderId);
      const hint = leader === undefined ? {} : { leaderHint: leader.address };
      throw new DfsError('NOT_LEADER', `${id} does not lead`, hint);
    };
    const handle = <Name extends keyof MasterHandlers>(name: Name): MasterHandlers[Name] =>
      // One of several signatures, which TypeScript cannot follow through a name.
      (async (request: never, context: never) => {
        calls.push([name, request]);
        const handler = master.handlers[name] as ((request: never, context: never) => Promise<unknown>) | undefined;
        return handler === undefined ? refuse() : handler(request, context);
      }) as unknown as MasterHandlers[Name];
    const server = await this.#host.runtime.rpc.serve('127.0.0.1:0', [
      ...bindService(MasterService, {
        GetMasterStatus: async () => ({ ...this.#statusOf(id), ...master.status }),
        TransferLeadership: handle('TransferLeadership'),
        AddMaster: handle('AddMaster'),
        RemoveMaster: handle('RemoveMaster'),
      }),
      ...bindService(ClusterService, {
        GetClusterStatus: handle('GetClusterStatus'),
        ListChunks: async () => refuse(),
        RemoveDataNode: handle('RemoveDataNode'),
      }),
    ]);
    const master: FakeMaster = { id, address: server.address, status, handlers: {}, calls, stop: () => server.stop(0) };
    this.masters.push(master);
    return master;
  }

  async close(): Promise<void> {
    await this.#host.close();
  }

  #statusOf(id: string): GetMasterStatusResponse {
    return {
      clusterId: CLUSTER_ID,
      masterId: id,
      incarnation: 1,
      role: id === this.leaderId ? 'LEADER' : 'FOLLOWER',
      term: 4,
      leaderId: this.leaderId,
      commitIndex: 1_000,
      appliedIndex: 1_000,
      lastIndex: 1_000,
      checkpointIndex: 800,
      members: this.members,
      stateDigest: 'abc',
      fsyncP50Us: 1_250,
      fsyncP99Us: 7_500,
      logBytes: 2_097_152,
    };
  }
}
