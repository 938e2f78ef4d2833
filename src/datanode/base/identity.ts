/** The identity of this datanode, kept in `identity.json`: its id, its incarnation, its cluster, and the highest term it has accepted. */
import { uuidFromBytes } from '../../shared/chunk-id.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import { TERM_LEAP_MAX } from '../../shared/limits.js';
import type { Disk, Random } from '../../shared/runtime.js';
import { readWhole } from '../../shared/whole-file.js';
import { isRefusal, replaceDurably } from './durable-file.js';

const FILE = 'identity.json';
const FILE_BYTES_MAX = 4096;

interface IdentityFields {
  readonly format: 1;
  /** Empty before the first registration. */
  readonly clusterId: string;
  readonly nodeId: string;
  readonly incarnation: string;
  /** Never goes back. Commands of lower terms are refused. */
  readonly acceptedTerm: number;
}

export class NodeIdentity {
  /** Of this process: another one on a copy of the folder has another. */
  readonly runId: string;
  readonly #disk: Disk;
  readonly #onFatal: (error: DfsError) => void;
  #fields: IdentityFields;
  /** One write of the file at a time. */
  #lastSave: Promise<void> = Promise.resolve();

  private constructor(disk: Disk, fields: IdentityFields, runId: string, onFatal: (error: DfsError) => void) {
    this.runId = runId;
    this.#disk = disk;
    this.#fields = fields;
    this.#onFatal = onFatal;
  }

  /**
   * Reads the identity, or makes one in an empty folder.
   * @param nodeId the wanted id; undefined: the one on disk, or a random `dn-<8 hex>`
   * @param onFatal called when the identity cannot be made durable: the node must stop
   * @throws DfsError INVALID_ARGUMENT when the folder belongs to another node id; IO_ERROR when the file is damaged
   */
  static async load(
    disk: Disk,
    random: Random,
    nodeId: string | undefined,
    onFatal: (error: DfsError) => void,
  ): Promise<NodeIdentity> {
    const known = await readFields(disk);
    const runId = uuidFromBytes(random.bytes(16));
    if (known !== null) {
      if (nodeId !== undefined && nodeId !== known.nodeId) {
        const text = `Cannot start as "${nodeId}": the data in "${disk.root}" belongs to "${known.nodeId}". Start it as "${known.nodeId}", or give another data folder`;
        throw new DfsError('INVALID_ARGUMENT', text);
      }
      return new NodeIdentity(disk, known, runId, onFatal);
    }
    const fresh: IdentityFields = {
      format: 1,
      clusterId: '',
      nodeId: nodeId ?? `dn-${random.uint32().toString(16).padStart(8, '0')}`,
      incarnation: uuidFromBytes(random.bytes(16)),
      acceptedTerm: 0,
    };
    await replaceDurably(disk, FILE, encode(fresh));
    return new NodeIdentity(disk, fresh, runId, onFatal);
  }

  get clusterId(): string {
    return this.#fields.clusterId;
  }

  get nodeId(): string {
    return this.#fields.nodeId;
  }

  get incarnation(): string {
    return this.#fields.incarnation;
  }

  get acceptedTerm(): number {
    return this.#fields.acceptedTerm;
  }

  /**
   * Tells whether the folder still holds this identity: otherwise it is another folder, for instance the one beneath a disk that was
   * unmounted. A file that cannot be read says nothing.
   */
  async isInPlace(): Promise<boolean> {
    try {
      const found = await readFields(this.#disk);
      return found?.nodeId === this.#fields.nodeId && found.incarnation === this.#fields.incarnation;
    } catch (error) {
      // Of another role; everything else is a failure of the disk.
      return !isDfsError(error, 'INVALID_ARGUMENT');
    }
  }

  /** Joins a cluster, for good; nothing changes when it has joined one already. Durable when it resolves. */
  async joinCluster(clusterId: string): Promise<void> {
    await this.#save((fields) => (fields.clusterId === '' ? { ...fields, clusterId } : fields));
  }

  /**
   * Accepts a term; a lower one than known changes nothing. Durable when it resolves, and not visible before.
   * @throws DfsError PROTOCOL_ERROR for one that no group can have reached since: accepted, it would shut the real leader out for good
   */
  async acceptTerm(term: number): Promise<void> {
    const { acceptedTerm } = this.#fields;
    if (term > acceptedTerm + TERM_LEAP_MAX) {
      throw new DfsError('PROTOCOL_ERROR', `Cannot accept term ${term} after term ${acceptedTerm}: it is too far ahead`);
    }
    await this.#save((fields) => (term > fields.acceptedTerm ? { ...fields, acceptedTerm: term } : fields));
  }

  #save(change: (fields: IdentityFields) => IdentityFields): Promise<void> {
    const save = async (): Promise<void> => {
      const changed = change(this.#fields);
      if (changed === this.#fields) return;
      try {
        await replaceDurably(this.#disk, FILE, encode(changed));
      } catch (error) {
        // A disk that refused it took nothing: the file stands as it was, and the caller tries again.
        if (isRefusal(error)) throw error;
        const fatal = new DfsError('IO_ERROR', `Cannot make "${FILE}" in "${this.#disk.root}" durable`, { cause: error });
        this.#onFatal(fatal);
        throw fatal;
      }
      this.#fields = changed;
    };
    const saved = this.#lastSave.then(save);
    // After any other failure nothing is written any more: the rejection passes on to every later save.
    this.#lastSave = saved.catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
    });
    this.#lastSave.catch(() => undefined);
    return saved;
  }
}

function encode(fields: IdentityFields): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(fields, null, 2)}\n`);
}

async function readFields(disk: Disk): Promise<IdentityFields | null> {
  let content: Uint8Array;
  try {
    content = await readWhole(disk, FILE, FILE_BYTES_MAX);
  } catch (error) {
    if (isDfsError(error, 'NOT_FOUND')) return null;
    throw error;
  }
  const fields = parseFields(new TextDecoder().decode(content), `"${FILE}" in "${disk.root}"`);
  if (fields === null) {
    const text = `Cannot start: "${FILE}" in "${disk.root}" is damaged. If the chunks in it are still wanted, restore the file; otherwise give another data folder, and the cluster makes new copies`;
    throw new DfsError('IO_ERROR', text);
  }
  return fields;
}

/** Null when it is damaged. @throws DfsError INVALID_ARGUMENT when it is another role's */
function parseFields(text: string, name: string): IdentityFields | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  if ('masterId' in value) {
    throw new DfsError(
      'INVALID_ARGUMENT',
      `Cannot start: ${name} is a master's. Give the datanode another folder; nothing was changed`,
    );
  }
  const { format, clusterId, nodeId, incarnation, acceptedTerm } = value as Partial<Record<string, unknown>>;
  const isWhole =
    format === 1 &&
    typeof clusterId === 'string' &&
    typeof nodeId === 'string' &&
    typeof incarnation === 'string' &&
    typeof acceptedTerm === 'number' &&
    Number.isSafeInteger(acceptedTerm);
  return isWhole ? { format: 1, clusterId, nodeId, incarnation, acceptedTerm } : null;
}
