/**
 * The state of a simulated group: registers, a counter, and the last answer of each client, so that a retry gets the first one.
 *
 *   command := "c1#7 set r2 15" | "c1#7 add"        who asks, the number of the request, what is wanted
 */
import { OPERATIONS } from '../../../src/master/state/operations/operations.js';
import type {
  CommittedEntry,
  ReplicatedState,
  StateCopy,
  StateRestore,
} from '../../../src/master/state/tables/replicated-state.js';
import { DfsError } from '../../../src/shared/errors.js';

export interface RegisterAnswer {
  /** Where the request took effect; 0: it is older than the last one of its client, or no request. */
  readonly index: number;
  readonly value: number;
  /** This entry is the one that took effect. */
  readonly isFirst: boolean;
}

const NO_ANSWER: RegisterAnswer = { index: 0, value: 0, isFirst: false };
const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder();

/** As an entry of the log: an op code, then the text. */
export function encodeCommand(text: string): Uint8Array {
  const data = textEncoder.encode(` ${text}`);
  data[0] = OPERATIONS.createFile.code;
  return data;
}

export function decodeCommand(data: Uint8Array): string {
  return textDecoder.decode(data.subarray(1));
}

/** By name: a register or the counter holds one number, a client three (request, index, value). In the order of being made. */
type Cells = Map<string, readonly number[]>;

export class RegisterState implements ReplicatedState<RegisterAnswer> {
  appliedIndex = 0;
  #cells: Cells = new Map();
  #copy: CellsCopy | null = null;

  apply({ index, data }: CommittedEntry): RegisterAnswer {
    if (index !== this.appliedIndex + 1) throw new Error(`entry ${index} follows ${this.appliedIndex}`);
    this.appliedIndex = index;
    if (data === null) return NO_ANSWER;
    const [who = '', what = '', name = '', text = ''] = decodeCommand(data).split(' ');
    const [client = '', number = ''] = who.split('#');
    const request = Number(number);
    const [last = 0, firstIndex = 0, firstValue = 0] = this.#cells.get(client) ?? [];
    if (request < last) return NO_ANSWER;
    if (request === last) return { index: firstIndex, value: firstValue, isFirst: false };
    const value = what === 'add' ? this.read('count') + 1 : Number(text);
    this.#put(what === 'add' ? 'count' : name, [value]);
    this.#put(client, [request, index, value]);
    return { index, value, isFirst: true };
  }

  read(name: string): number {
    return this.#cells.get(name)?.[0] ?? 0;
  }

  #put(name: string, cell: readonly number[]): void {
    this.#copy?.save(name, this.#cells.get(name));
    this.#cells.set(name, cell);
  }

  checkpoint(): StateCopy {
    const copy = new CellsCopy(this.appliedIndex, this.digest(), this.#cells, () => {
      if (this.#copy === copy) this.#copy = null;
    });
    if (this.#copy !== null) throw new Error('two copies at once');
    this.#copy = copy;
    return copy;
  }

  restore(): StateRestore {
    const parts: Uint8Array[] = [];
    return {
      add: (bytes) => void parts.push(Uint8Array.from(bytes)),
      finish: (digest) => {
        const [first = '', ...lines] = textDecoder.decode(Buffer.concat(parts)).trimEnd().split('\n');
        const cells: Cells = new Map();
        for (const line of lines) {
          const [name = '', ...numbers] = line.split(' ');
          cells.set(name, numbers.map(Number));
        }
        const index = Number(first);
        if (digestOf(index, cells) !== digest) throw new DfsError('LOG_DAMAGED', `these bytes are not the state ${digest}`);
        this.#copy?.end();
        this.appliedIndex = index;
        this.#cells = cells;
      },
    };
  }

  digest(): string {
    return digestOf(this.appliedIndex, this.#cells);
  }
}

/** A copy in slices: what is changed before its turn is saved first. */
class CellsCopy implements StateCopy {
  readonly index: number;
  readonly digest: string;
  readonly #cells: Cells;
  readonly #onEnd: () => void;
  readonly #names: string[];
  readonly #saved: Cells = new Map();
  #next = 0;
  #hasBegun = false;

  constructor(index: number, digest: string, cells: Cells, onEnd: () => void) {
    this.index = index;
    this.digest = digest;
    this.#cells = cells;
    this.#names = [...cells.keys()];
    this.#onEnd = onEnd;
  }

  save(name: string, cell: readonly number[] | undefined): void {
    if (cell !== undefined && !this.#saved.has(name)) this.#saved.set(name, cell);
  }

  next(bytesMax: number): Uint8Array | null {
    let text = this.#hasBegun ? '' : `${this.index}\n`;
    this.#hasBegun = true;
    while (text.length < bytesMax && this.#next < this.#names.length) {
      const name = this.#names[this.#next] ?? '';
      this.#next += 1;
      text += `${[name, ...(this.#saved.get(name) ?? this.#cells.get(name) ?? [])].join(' ')}\n`;
    }
    if (text !== '') return textEncoder.encode(text);
    this.end();
    return null;
  }

  end(): void {
    this.#onEnd();
  }
}

function digestOf(index: number, cells: Cells): string {
  let hash = index;
  const mix = (value: number): void => {
    hash = Math.imul(hash ^ value, 0x01000193) >>> 0;
    hash ^= hash >>> 15;
  };
  for (const [name, numbers] of cells) {
    for (let at = 0; at < name.length; at += 1) mix(name.charCodeAt(at));
    for (const number of numbers) mix(number);
  }
  return (hash >>> 0).toString(16);
}
