/**
 * What was last known of where the masters are, `contacts.json`: a master that comes back finds those that moved before it stopped. The
 * log cannot say that in time: what of it is committed is known only once a leader is heard.
 */
import { isAddress } from '../../shared/address.js';
import { messageOf } from '../../shared/error-text.js';
import type { Disk, Logger } from '../../shared/runtime.js';
import { isMasterId } from '../base/config.js';
import { readTextFile, replaceTextFile } from '../base/text-file.js';
import type { MasterContact } from './master-contacts.js';

export const CONTACTS_FILE = 'contacts.json';
/** Of RAFT_MEMBERS_MAX masters with the longest names. */
const FILE_BYTES_MAX = 65_536;

interface ContactRuntime {
  readonly disk: Disk;
  readonly log: Logger;
}

/**
 * Nothing depends on these: a file that cannot be read, or understood, is none.
 * @returns what the file holds
 */
export async function readContacts({ disk, log }: ContactRuntime): Promise<readonly MasterContact[]> {
  try {
    const text = await readTextFile(disk, CONTACTS_FILE, FILE_BYTES_MAX);
    const value: unknown = text === null ? [] : JSON.parse(text);
    if (Array.isArray(value) && value.every(isContact)) return value;
    log.warn(`${disk.root}/${CONTACTS_FILE} is damaged, and ignored: it is no list of masters`);
  } catch (error) {
    log.warn(`${disk.root}/${CONTACTS_FILE} cannot be read, and is ignored: ${messageOf(error)}`);
  }
  return [];
}

/** Puts the list in place of the former one. @throws DfsError of the disk */
export async function writeContacts({ disk }: Pick<ContactRuntime, 'disk'>, contacts: readonly MasterContact[]): Promise<void> {
  await replaceTextFile(disk, CONTACTS_FILE, `${JSON.stringify(contacts, null, 2)}\n`);
}

/** Writes the newest of what it is given, one file at a time; a failure is logged, and leaves the former file. */
export class ContactWriter {
  readonly #runtime: ContactRuntime;
  #next: readonly MasterContact[] | null = null;
  #writing: Promise<void> | null = null;

  constructor(runtime: ContactRuntime) {
    this.#runtime = runtime;
  }

  write(contacts: readonly MasterContact[]): void {
    this.#next = contacts;
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = null));
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    const { log } = this.#runtime;
    for (let contacts = this.#next; contacts !== null; contacts = this.#next) {
      this.#next = null;
      try {
        await writeContacts(this.#runtime, contacts);
      } catch (error) {
        log.warn(`Cannot keep where the masters are: ${messageOf(error)}`);
      }
    }
  }
}

function isContact(value: unknown): value is MasterContact {
  if (typeof value !== 'object' || value === null) return false;
  const { master, address, version, highestOperation } = value as Partial<Record<keyof MasterContact, unknown>>;
  if (typeof master !== 'object' || master === null || !('id' in master) || !('incarnation' in master)) return false;
  const isNamed = typeof master.id === 'string' && isMasterId(master.id) && isCount(master.incarnation);
  return isNamed && typeof address === 'string' && isAddress(address) && isCount(version) && isCount(highestOperation);
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
