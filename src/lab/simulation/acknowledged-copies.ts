/**
 * Checks the disks at the moment when a client receives the acknowledgement of a write. Every piece of the content must be durable,
 * with its metadata, on min(2, replication) disks of nodes that have not long been gone. The check does not affect the simulation.
 */
import { DEFAULT_MIN_REPLICAS } from '../../shared/limits.js';
import type { AcknowledgedFacts, ShortAcknowledgement } from '../checkers/run-facts.js';
import type { FaultAction } from '../../supervisor/api/fault.js';
import { DiskSurvey } from '../../supervisor/faults/good-copies.js';
import { type DurableDisk, withJournal } from '../../supervisor/faults/journaled-disk.js';
import type { FileClient, FileSource } from '../workloads/file-client.js';
import type { ScenarioCluster } from '../scenario/model/scenario.js';
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';

/** Actions that remove copies. */
const TAKING: readonly FaultAction[] = ['wipe', 'bitflip', 'truncate', 'remove'];
const SHORT_MAX = 20;

/** True for files that no other client replaces or removes while they are written. */
export type IsOwn = (path: string) => boolean;

export class AcknowledgedCopies {
  readonly #disks: () => ReadonlyMap<string, DurableDisk>;
  readonly #chunkSizeBytes: number;
  readonly #wanted: number;
  readonly #short: ShortAcknowledgement[] = [];
  #looked = 0;
  #taken = 0;

  /** @param disks the durable content of the disks of all present datanodes */
  constructor(disks: () => ReadonlyMap<string, DurableDisk>, { chunkSizeBytes, replication }: ScenarioCluster) {
    this.#disks = disks;
    this.#chunkSizeBytes = chunkSizeBytes;
    this.#wanted = Math.min(DEFAULT_MIN_REPLICAS, replication);
  }

  get facts(): AcknowledgedFacts {
    return { looked: this.#looked, short: this.#short };
  }

  /** Receives the events of the cluster. */
  readonly observe = (event: ClusterEvent): void => {
    if (event.event === 'fault' && TAKING.includes(event.action)) this.#taken += 1;
  };

  /** @returns a client that behaves like `client` */
  watching(client: FileClient, isOwn: IsOwn): FileClient {
    const writeFile = async (path: string, content: Uint8Array): Promise<void> => {
      // The client may take over the buffer.
      const copy = isOwn(path) ? content.slice() : undefined;
      const takenBefore = this.#taken;
      await client.writeFile(path, content);
      if (copy !== undefined && takenBefore === this.#taken) this.#look(path, copy);
    };
    const writeStream = async (path: string, source: FileSource): Promise<void> => {
      const takenBefore = this.#taken;
      await client.writeStream(path, source);
      // A simulation holds all files in memory anyway.
      if (isOwn(path) && takenBefore === this.#taken) this.#look(path, Buffer.concat([...source.pieces()]));
    };
    return { ...client, writeFile, writeStream };
  }

  #look(path: string, content: Uint8Array): void {
    this.#looked += 1;
    const disks = new Map([...this.#disks()].map(([nodeId, disk]) => [nodeId, withJournal(disk)]));
    const survey = new DiskSurvey(disks);
    for (let at = 0; at < content.length; at += this.#chunkSizeBytes) {
      const copies = copiesOf(content.subarray(at, at + this.#chunkSizeBytes), disks, survey);
      if (copies >= this.#wanted) continue;
      if (this.#short.length < SHORT_MAX) this.#short.push({ path, byteOffset: at, copies, wanted: this.#wanted });
      return;
    }
  }
}

function copiesOf(piece: Uint8Array, disks: ReadonlyMap<string, DurableDisk>, survey: DiskSurvey): number {
  for (const [nodeId, disk] of disks) {
    const isPiece = (uuid: string): boolean => {
      const name = `chunk-${uuid}`;
      return disk.sizeBytes(name) === piece.length && Buffer.compare(disk.readFile(name), piece) === 0;
    };
    const uuid = survey.chunksOn(nodeId).find(isPiece);
    if (uuid !== undefined) return survey.goodCopies(uuid).length;
  }
  return 0;
}
