/** The datanode: stores chunks as files, serves them on its data port, and reports to the masters. */
import { ChannelPool } from '../protocol/channel-pool.js';
import type { NodeStats } from '../protocol/generated/distrifs/v1/NodeStats.js';
import { DfsError } from '../shared/errors.js';
import { FolderWatch } from '../shared/folder-watch.js';
import type { DiskLock, Logger, RunningNode, Runtime } from '../shared/runtime.js';
import { advertisedAddress, type DataNodeConfig, validateConfig } from './base/config.js';
import { NodeIdentity } from './base/identity.js';
import { CommandExecutor } from './commands/command-executor.js';
import type { DataPlane } from './pipeline/data-plane.js';
import { DataServer } from './pipeline/data-server.js';
import { DiskWaits } from './pipeline/disk-waits.js';
import type { LinkedNode } from './reports/linked-node.js';
import { MasterReporter } from './reports/master-reporter.js';
import { SharedScan } from './reports/shared-scan.js';
import { ChunkStore } from './store/chunk-store.js';
import { DiskHealth } from './base/disk-health.js';
import { FolderScan } from './store/folder-scan.js';
import { Quarantine } from './store/quarantine.js';
import type { ReplicaChange } from './store/replica.js';
import { WatchedDisk } from './base/watched-disk.js';

/** Writes and reads under way may end for this long when the node stops. */
const STOP_GRACE_MS = 2_000;
/** Idle connections kept to each other datanode. */
const IDLE_CONNECTIONS = 8;

/**
 * Starts a datanode over the runtime's folder. Resolves when the folder is scanned and the data port listens; it registers with
 * the masters in the background, for as long as it takes. `failed` resolves when the disk can no longer be trusted, or the
 * masters belong to another cluster.
 * @throws DfsError INVALID_ARGUMENT, DATA_DIR_LOCKED, ADDRESS_IN_USE, IO_ERROR
 */
export async function start(runtime: Runtime, config: DataNodeConfig): Promise<RunningNode> {
  validateConfig(config);
  const lock = await runtime.disk.lock();
  const node = new DataNode(runtime, config, lock);
  try {
    await node.start();
    return node;
  } catch (error) {
    await node.stop();
    throw error;
  }
}

class DataNode implements RunningNode {
  readonly failed: Promise<Error>;
  readonly #runtime: Runtime;
  readonly #config: DataNodeConfig;
  readonly #lock: DiskLock;
  #address = '';
  #links: readonly MasterReporter[] = [];
  #server: DataServer | null = null;
  #pool: ChannelPool | null = null;
  #commands: CommandExecutor | null = null;
  #scan: SharedScan | null = null;
  #folderWatch: FolderWatch | null = null;
  #store: ChunkStore | null = null;
  #quarantine: Quarantine | null = null;
  #health: DiskHealth | null = null;
  #stopped: Promise<void> | null = null;
  #announceFailure: (error: Error) => void = () => undefined;

  constructor(runtime: Runtime, config: DataNodeConfig, lock: DiskLock) {
    this.#runtime = runtime;
    this.#config = config;
    this.#lock = lock;
    this.failed = new Promise((resolve) => {
      this.#announceFailure = resolve;
    });
  }

  get address(): string {
    return this.#address;
  }

  async start(): Promise<void> {
    const { clock, net, disk, random, memory } = this.#runtime;
    const { timings, listen, masters, rack, capacityBytes } = this.#config;
    const onFatal = (error: DfsError): void => this.#fail(error);
    const health = new DiskHealth(this.#runtime, timings);
    this.#health = health;
    const watched = new WatchedDisk(disk, health);
    const identity = await NodeIdentity.load(watched, random, this.#config.nodeId, onFatal);
    const log = this.#runtime.log.child({ node: identity.nodeId });
    const onChange = (change: ReplicaChange): void => {
      for (const link of this.#links) link.report(change);
    };
    const store = await ChunkStore.open({ ...this.#runtime, disk: watched, log }, { capacityBytes, onChange, onFatal, timings });
    this.#store = store;
    if (store.space.isVolatile) {
      log.warn('The data folder is on a volatile file system: nothing in it survives a restart of the machine', {
        folder: disk.root,
      });
    }
    store.clusterId = identity.clusterId;
    const scan = new FolderScan(store, log);
    await scan.atStart();
    const sharedScan = new SharedScan(scan, clock, log, timings.blockReportIntervalMs / 2);
    this.#scan = sharedScan;
    log.info('Data folder scanned', { folder: disk.root, chunks: store.size, usedBytes: store.space.usedBytes });

    const isInPlace = (): Promise<boolean> => identity.isInPlace();
    const folder = { name: identity.nodeId, isInPlace, everyMs: timings.staleAfterMs, onFatal };
    this.#folderWatch = new FolderWatch(folder, clock);
    this.#folderWatch.start();

    const pool = new ChannelPool({ net, clock, connectTimeoutMs: timings.connectTimeoutMs, maxIdlePerAddress: IDLE_CONNECTIONS });
    this.#pool = pool;
    const diskWaits = new DiskWaits(clock, timings, identity.nodeId);
    const quarantine = new Quarantine(store, { ...this.#runtime, disk: watched, log });
    this.#quarantine = quarantine;
    const plane: DataPlane = { identity, store, pool, clock, memory, timings, log, diskWaits, quarantine };
    const server = new DataServer(plane);
    this.#server = server;
    this.#address = advertisedAddress(this.#config, await server.listen(net, listen));
    log.info('Datanode listens', { address: this.#address });

    const commands = new CommandExecutor(plane);
    this.#commands = commands;
    const linkedNode: LinkedNode = {
      runtime: { ...this.#runtime, log },
      identity,
      store,
      scan: sharedScan,
      timings,
      rack,
      address: this.#address,
      stats: () => statsOf(store, health, server, log),
      copies: () => commands.copies(),
      acceptTerm: async (term, master) => {
        await identity.acceptTerm(term);
        log.info('A new term is accepted', { master, term });
        await commands.olderEnded();
      },
      takeCommands: (taken, term, giver) => commands.take(taken, term, giver),
      registered: (master) => {
        for (const link of this.#links) if (link.master !== master) link.hurry();
      },
      foreign: (error) => this.#heardForeign(error),
    };
    this.#links = masters.map((master) => new MasterReporter(master, linkedNode));
    for (const link of this.#links) link.start();
    quarantine.start();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    // Not awaited: it may be what stops the node.
    void this.#folderWatch?.stop();
    // The masters are left first, so that they hear nothing of what stopping does.
    await Promise.all(this.#links.map((link) => link.stop()));
    await this.#scan?.settled();
    await this.#server?.stop(STOP_GRACE_MS);
    this.#pool?.close();
    await this.#commands?.stop();
    await this.#quarantine?.stop();
    await this.#health?.stop();
    await this.#store?.stop(new DfsError('UNAVAILABLE', 'The node is stopping'));
    await this.#lock.release();
  }

  /** One wrong address among the masters is no reason to stop serving the others; a node that no master wants has nothing to do. */
  #heardForeign(error: DfsError): void {
    if (!this.#links.every((link) => link.isForeign)) return;
    const text = `${error.message}. Give this node the address of its own cluster's master, or an empty data folder; the data in this one stays as it is`;
    this.#fail(new DfsError('FOREIGN_CLUSTER', text, { cause: error }));
  }

  /** The node cannot go on: closes everything, and reports why. */
  #fail(error: DfsError): void {
    this.#runtime.log.error('The datanode cannot go on', { error });
    this.#announceFailure(error);
    this.stop().catch((cause: unknown) => this.#runtime.log.error('The datanode did not stop cleanly', { error: cause }));
  }
}

/** A disk that does not say how full it is must not make the node look dead: the last figures stand. */
async function statsOf(store: ChunkStore, health: DiskHealth, server: DataServer, log: Logger): Promise<NodeStats> {
  await store.space.refresh().catch((error: unknown) => log.debug('Cannot get the free space of the disk', { error }));
  const { capacityBytes, usedBytes, freeBytes, diskId, diskBytes, diskFreeBytes } = store.space;
  return {
    capacityBytes,
    usedBytes,
    freeBytes,
    chunkCount: store.size,
    activeWrites: server.activeWrites,
    activeReads: server.activeReads,
    disk: { state: health.state, problem: health.problem, diskId, totalBytes: diskBytes, freeBytes: diskFreeBytes },
  };
}
