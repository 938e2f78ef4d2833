/** Makes a cluster in an empty folder, or opens the one that a folder holds. */
import { DfsError, isDfsError } from '../shared/errors.js';
import type { Disk, Logger, Runtime } from '../shared/runtime.js';
import type { MasterConfig } from './config.js';
import { makeIdentity, readIdentity, writeIdentity } from './identity.js';
import type { Identity } from './identity.js';
import { HINT_FILE } from './log/durable-hint.js';
import { OP_CODES, operationOfCode } from './log/op-codes.js';
import { encodeRecord, recordSizeBytes } from './log/record.js';
import { LOG_FILE, recover } from './log/recover.js';
import type { Recovered } from './log/recover.js';
import { logEntryCodec } from './state/log-entry.js';
import { StateMachine } from './state/state-machine.js';

export interface OpenedFolder {
  readonly identity: Identity;
  readonly machine: StateMachine;
  readonly log: Recovered;
}

/**
 * Opens the cluster of this folder, making it first when the configuration says so.
 * @throws DfsError NOT_INITIALIZED, ALREADY_EXISTS, LOG_DAMAGED, FOREIGN_CLUSTER, or of the disk
 */
export async function openFolder(runtime: Runtime, config: MasterConfig): Promise<OpenedFolder> {
  const { disk } = runtime;
  let identity = await readIdentity(disk);
  if (config.init) {
    if (identity !== null) {
      const message = `${disk.root} holds cluster ${identity.clusterId} already: start it without --init, or choose an empty folder`;
      throw new DfsError('ALREADY_EXISTS', message);
    }
    identity = await makeCluster(runtime, config);
  }
  if (identity === null) {
    throw new DfsError(
      'NOT_INITIALIZED',
      `${disk.root} holds no cluster: start once with --init to make a new one, or point --data-dir at the master's old folder`,
    );
  }
  if (identity.masterId !== config.masterId) {
    throw new DfsError(
      'FOREIGN_CLUSTER',
      `${disk.root} belongs to master "${identity.masterId}", not to "${config.masterId}": start it under that id, nothing was changed`,
    );
  }
  return openCluster(disk, runtime.log, identity);
}

async function openCluster(disk: Disk, log: Logger, identity: Identity): Promise<OpenedFolder> {
  const machine = new StateMachine();
  let recovered: Recovered;
  try {
    recovered = await recover(disk, log, (record) => replayInto(disk, machine, record));
  } catch (error) {
    if (!isDfsError(error, 'NOT_FOUND')) throw error;
    const message = `${disk.root}/${LOG_FILE} is missing, though the folder was initialised: put it back from a backup; nothing was changed`;
    throw new DfsError('LOG_DAMAGED', message, { cause: error });
  }
  const { settings } = machine.state;
  if (settings?.clusterId !== identity.clusterId) {
    await recovered.file.close();
    const found = settings === null ? 'no cluster' : `cluster ${settings.clusterId}`;
    throw new DfsError(
      'LOG_DAMAGED',
      `${disk.root}/${LOG_FILE} is of ${found}, but the folder is of cluster ${identity.clusterId}: put the two that belong together ` +
        'back; nothing was served',
    );
  }
  return { identity, machine, log: recovered };
}

type ReplayedRecord = Parameters<Parameters<typeof recover>[2]>[0];

function replayInto(disk: Disk, machine: StateMachine, record: ReplayedRecord): void {
  const entry = logEntryCodec.decode(record.body);
  if (entry.operation === undefined || OP_CODES[entry.operation] !== record.opCode) {
    const said = operationOfCode(record.opCode) ?? String(record.opCode);
    throw new DfsError(
      'LOG_DAMAGED',
      `${disk.root}/${LOG_FILE}: record ${record.index} is marked "${said}" and holds "${entry.operation ?? 'nothing known'}". ` +
        'It may be from a newer release: start that one; nothing was changed',
    );
  }
  if (record.index === 1 && entry.operation !== 'initCluster') {
    throw new DfsError('LOG_DAMAGED', `${disk.root}/${LOG_FILE} does not begin with the creation of a cluster`);
  }
  machine.applyEntry(record.index, entry);
}

/** The log first, the identity last: until that is in place, nothing was promised and a new attempt may begin again. */
async function makeCluster(runtime: Runtime, config: MasterConfig): Promise<Identity> {
  const { disk } = runtime;
  await clearUnfinishedInit(disk, runtime.log);
  const identity = makeIdentity(config.masterId, runtime.random);
  const body = logEntryCodec.encode({
    logTimeMs: 0,
    wallTimeMs: Math.max(0, Math.floor(runtime.clock.wallMs())),
    initCluster: {
      clusterId: identity.clusterId,
      masterId: identity.masterId,
      incarnation: identity.incarnation,
      defaultReplication: config.defaultReplication,
      defaultChunkSizeBytes: config.defaultChunkSizeBytes,
      minReplicas: config.minReplicas,
      sessionTimeoutMs: config.timings.sessionTimeoutMs,
    },
  });
  const bytes = new Uint8Array(recordSizeBytes(body.length));
  encodeRecord({ opCode: OP_CODES.initCluster, term: 0, index: 1, durableOffset: 0, body }, bytes, 0);
  const file = await disk.open(LOG_FILE, 'exclusive');
  try {
    await file.write(bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.syncDirectory('.');
  await writeIdentity(disk, identity);
  runtime.log.info(`Made cluster ${identity.clusterId}`, { clusterId: identity.clusterId, masterId: identity.masterId });
  return identity;
}

/**
 * A folder for a new cluster holds nothing of DistriFS, but for the log of an init that was cut short: one record, never served.
 * @throws DfsError ALREADY_EXISTS
 */
async function clearUnfinishedInit(disk: Disk, log: Logger): Promise<void> {
  const names = (await disk.list('.')).map((entry) => entry.name);
  if (names.some((name) => name.startsWith('chunk-'))) {
    throw new DfsError('ALREADY_EXISTS', `${disk.root} holds chunks of a datanode: choose another folder for the master`);
  }
  if (!names.includes(LOG_FILE)) return;
  let records = 0;
  const leftover = await recover(disk, log, () => {
    records += 1;
  });
  await leftover.file.close();
  if (records > 1) {
    const message = `${disk.root} holds a ${LOG_FILE} without its identity.json: put that back to start the old cluster, or choose an empty folder`;
    throw new DfsError('ALREADY_EXISTS', message);
  }
  await disk.remove(LOG_FILE);
  if (names.includes(HINT_FILE)) await disk.remove(HINT_FILE);
}
