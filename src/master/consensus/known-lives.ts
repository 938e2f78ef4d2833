/**
 * Which life of each other master this one has listened to, durably: `peers.json`. A founder that lost its disk and is started as at
 * first would bear its old name and incarnation, without the votes and entries that it promised to keep. Whoever has heard its former
 * life hears no other, and says so to a founder that asks before it makes its folder.
 */
import type { Address } from '../../raft/types.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import type { Disk } from '../../shared/runtime.js';

export const PEERS_FILE = 'peers.json';
const TEMPORARY_FILE = 'peers.json.tmp';
/** Lives of masters that a group has in its time. */
const LIVES_MAX = 256;
const FILE_BYTES_MAX = 65_536;

const keyOf = ({ id, incarnation }: Address): string => `${incarnation} ${id}`;

export class KnownLives {
  readonly #disk: Disk;
  readonly #lives: Map<string, string>;
  /** One rewriting at a time. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(disk: Disk, lives: Map<string, string>) {
    this.#disk = disk;
    this.#lives = lives;
  }

  /** @throws DfsError NOT_INITIALIZED when the file cannot be understood, or of the disk */
  static async open(disk: Disk): Promise<KnownLives> {
    let text: string;
    try {
      const file = await disk.open(PEERS_FILE, 'read');
      try {
        const bytes = new Uint8Array(FILE_BYTES_MAX);
        text = new TextDecoder().decode(bytes.subarray(0, await file.read(bytes, 0)));
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isDfsError(error, 'NOT_FOUND')) return new KnownLives(disk, new Map());
      throw error;
    }
    return new KnownLives(disk, parseLives(text, `${disk.root}/${PEERS_FILE}`));
  }

  /** The life that was heard, or undefined. */
  lifeOf(master: Address): string | undefined {
    return this.#lives.get(keyOf(master));
  }

  /**
   * Remembers the life of a master that was not heard before; resolves when that is durable.
   * @throws DfsError RESOURCE_EXHAUSTED when too many are known, or of the disk
   */
  learn(master: Address, life: string): Promise<void> {
    const turn = this.#writing.then(async () => {
      const known = this.#lives.get(keyOf(master));
      if (known !== undefined) return;
      if (this.#lives.size >= LIVES_MAX)
        throw new DfsError('RESOURCE_EXHAUSTED', `More than ${LIVES_MAX} masters have spoken here`);
      const lives = new Map(this.#lives).set(keyOf(master), life);
      await this.#write(lives);
      this.#lives.set(keyOf(master), life);
    });
    this.#writing = turn.catch(() => undefined);
    return turn;
  }

  async #write(lives: ReadonlyMap<string, string>): Promise<void> {
    const bytes = new TextEncoder().encode(`${JSON.stringify(Object.fromEntries(lives), null, 2)}\n`);
    const file = await this.#disk.open(TEMPORARY_FILE, 'create');
    try {
      await file.truncate(0);
      await file.write(bytes, 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await this.#disk.rename(TEMPORARY_FILE, PEERS_FILE);
    await this.#disk.syncDirectory('.');
  }
}

function parseLives(text: string, path: string): Map<string, string> {
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
