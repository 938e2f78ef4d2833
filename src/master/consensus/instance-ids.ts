/**
 * The instance id of each other master, as this one heard it first, durably: `peers.json`. A bootstrap master that lost its disk and is
 * started with --init again has its old name and incarnation, but neither the votes nor the entries that it guaranteed to keep. A master
 * that has heard the former instance takes no message of another, and reports the former one to a bootstrap master that asks before it
 * makes its folder.
 */
import type { Address } from '../../raft/types.js';
import { DfsError } from '../../shared/errors.js';
import type { Disk } from '../../shared/runtime.js';
import { readTextFile, replaceTextFile } from '../base/text-file.js';

export const PEERS_FILE = 'peers.json';
/** Instances of masters that a group has over the years. */
const INSTANCES_MAX = 256;
const FILE_BYTES_MAX = 65_536;

const keyOf = ({ id, incarnation }: Address): string => `${incarnation} ${id}`;

export class InstanceIds {
  readonly #disk: Disk;
  readonly #ids: Map<string, string>;
  /** One rewriting at a time. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(disk: Disk, ids: Map<string, string>) {
    this.#disk = disk;
    this.#ids = ids;
  }

  /** @throws DfsError NOT_INITIALIZED when the file cannot be understood, or of the disk */
  static async open(disk: Disk): Promise<InstanceIds> {
    const text = await readTextFile(disk, PEERS_FILE, FILE_BYTES_MAX);
    if (text === null) return new InstanceIds(disk, new Map());
    return new InstanceIds(disk, parseInstanceIds(text, `${disk.root}/${PEERS_FILE}`));
  }

  /** The instance id that was heard first, or undefined. */
  get(master: Address): string | undefined {
    return this.#ids.get(keyOf(master));
  }

  /**
   * Remembers the instance id of a master that was not heard before; resolves when that is durable.
   * @throws DfsError RESOURCE_EXHAUSTED when too many are known, or of the disk
   */
  learn(master: Address, instanceId: string): Promise<void> {
    const turn = this.#writing.then(async () => {
      const known = this.#ids.get(keyOf(master));
      if (known !== undefined) return;
      if (this.#ids.size >= INSTANCES_MAX)
        throw new DfsError('RESOURCE_EXHAUSTED', `More than ${INSTANCES_MAX} masters have spoken here`);
      const ids = new Map(this.#ids).set(keyOf(master), instanceId);
      await replaceTextFile(this.#disk, PEERS_FILE, `${JSON.stringify(Object.fromEntries(ids), null, 2)}\n`);
      this.#ids.set(keyOf(master), instanceId);
    });
    this.#writing = turn.catch(() => undefined);
    return turn;
  }
}

function parseInstanceIds(text: string, path: string): Map<string, string> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value);
      if (entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return new Map(entries);
    }
  } catch (error) {
    throw new DfsError('NOT_INITIALIZED', `${path} is damaged: it is not JSON. ${ADVICE}`, { cause: error });
  }
  throw new DfsError('NOT_INITIALIZED', `${path} is damaged. ${ADVICE}`);
}

const ADVICE = 'Put it back from a backup, or remove this master from its group and add it again with an empty folder';
