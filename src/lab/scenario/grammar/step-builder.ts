/** Makes the JSON of a step out of a word, names and `key=value` pairs, and remembers which of them each value came from. */
import type { StepProblem, ValuePath } from '../../../supervisor/api/step-problem.js';
import { FAULTS } from '../../../supervisor/api/fault-table.js';
import type { FaultWord } from '../../../supervisor/api/fault-table.js';
import { SELECTOR_KEYS } from '../schema/selector-schema.js';
import type { StepJson } from './step-json.js';
import { placeOf } from '../schema/step-schema.js';
import type { Scope } from '../schema/step-schema.js';

/** Before a key of the selector of the other side of links. */
export const TARGET_PREFIX = 'target-';
/** Selects datanodes that write now; it needs no value. */
export const FLAG = 'in-pipeline';
const OF_STEP: readonly string[] = ['duration', 'choiceSeed', 'lot'];
/** Keys whose values may be lists, with commas. */
const LISTS: readonly string[] = ['name', 'role', 'rack', 'state'];

type Fields = Record<string, unknown>;

/** Where a pair was written: the key, and a character of the value. */
export interface WrittenAt<Ref> {
  readonly key: Ref;
  readonly value: (offset: number) => Ref;
}

const record = (): Fields => Object.create(null) as Fields;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const pathKey = (path: ValuePath): string => JSON.stringify(path);

export class StepBuilder<Ref> {
  readonly #scope: Scope;
  readonly #isOnLinks: boolean;
  readonly #step: Fields = record();
  readonly #action: Fields = record();
  readonly #refs = new Map<string, { readonly key: Ref; readonly value: Ref }>();

  /** @param ref of the word, and of all that nothing else stands for */
  constructor(word: FaultWord, ref: Ref) {
    const { scope, action } = placeOf(word);
    this.#scope = scope;
    this.#isOnLinks = FAULTS[word].scope === 'network';
    this.#action['action'] = action;
    this.#step[scope] = this.#action;
    this.#remember([], ref);
  }

  get step(): StepJson {
    return this.#step;
  }

  /** Nodes are selected. */
  get hasSelector(): boolean {
    return 'selector' in this.#action;
  }

  addName(name: string, ref: Ref): void {
    const path = [this.#scope, 'selector', 'name'];
    const names = (this.#selector('selector', ref)['name'] ??= []) as unknown[];
    if (names.length === 0) this.#remember(path, ref);
    this.#remember([...path, names.length], ref);
    names.push(name);
  }

  /** Puts a pair where a step has it. @returns false when that has a value already */
  addPair(key: string, text: string, at: WrittenAt<Ref>): boolean {
    const side = this.#sideOf(key);
    if (side !== undefined) {
      const path = [this.#scope, side.of, side.key];
      return this.#put(this.#selector(side.of, at.key), path, this.#selecting(path, text, at), at);
    }
    const isOfStep = OF_STEP.includes(key);
    return this.#put(isOfStep ? this.#step : this.#action, isOfStep ? [key] : [this.#scope, key], plain(text), at);
  }

  /** What the value that a problem is about came from, or the nearest that it is part of. */
  refOf({ path, part }: Pick<StepProblem, 'path' | 'part'>): Ref | undefined {
    for (let length = path.length; length >= 0; length -= 1) {
      const ref = this.#refs.get(pathKey(path.slice(0, length)));
      if (ref !== undefined) return length === path.length && part === 'value' ? ref.value : ref.key;
    }
    return undefined;
  }

  /** The selector that a key belongs to, and its name there. */
  #sideOf(key: string): { readonly of: 'selector' | 'target'; readonly key: string } | undefined {
    if (this.#isOnLinks && key === 'target') return { of: 'target', key: 'name' };
    if (this.#isOnLinks && key.startsWith(TARGET_PREFIX)) return { of: 'target', key: key.slice(TARGET_PREFIX.length) };
    return SELECTOR_KEYS.includes(key) ? { of: 'selector', key } : undefined;
  }

  #selector(name: 'selector' | 'target', ref: Ref): Fields {
    const made = this.#action[name];
    if (isFields(made)) return made;
    const fields = record();
    this.#action[name] = fields;
    this.#remember([this.#scope, name], ref);
    return fields;
  }

  #put(fields: Fields, path: readonly string[], value: unknown, at: WrittenAt<Ref>): boolean {
    const key = path.at(-1) ?? '';
    if (Object.hasOwn(fields, key)) return false;
    fields[key] = value;
    this.#refs.set(pathKey(path), { key: at.key, value: at.value(0) });
    return true;
  }

  /** The value of a key of a selector: names are words even where they look like numbers. */
  #selecting(path: readonly string[], text: string, at: WrittenAt<Ref>): unknown {
    const key = path.at(-1) ?? '';
    if (!LISTS.includes(key) || !text.includes(',')) return key === FLAG ? plain(text) : text;
    let offset = 0;
    return text.split(',').map((part, index) => {
      this.#remember([...path, index], at.value(offset));
      offset += part.length + 1;
      return part;
    });
  }

  #remember(path: ValuePath, ref: Ref): void {
    this.#refs.set(pathKey(path), { key: ref, value: ref });
  }
}

/** As YAML reads it: whole numbers and `true` are what they look like. */
function plain(text: string): unknown {
  if (/^[-+]?\d{1,15}$/.test(text)) return Number(text);
  return text === 'true' ? true : text;
}
