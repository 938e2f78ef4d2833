/** Checks the arguments of the SDK before anything is sent: their types, their ranges, and the names of options. */
import { outOfRange, wrongType, wrongValue } from './argument-error.js';

/** @throws ArgumentTypeError, ArgumentRangeError when the value is not acceptable */
export type Check = (value: unknown, name: string) => void;

/** A check for each option, so that an option without a check does not compile. */
export type Checks<Options> = { readonly [Name in keyof Options]-?: Check };

export const aBoolean: Check = (value, name) => {
  if (typeof value !== 'boolean') throw wrongType(name, 'of type boolean', value);
};

export const aString: Check = (value, name) => {
  if (typeof value !== 'string') throw wrongType(name, 'of type string', value);
};

/** @param min inclusive, as `max` */
export const anInteger =
  (min: number, max: number): Check =>
  (value, name) => {
    if (typeof value !== 'number') throw wrongType(name, 'of type number', value);
    if (!(Number.isInteger(value) && value >= min && value <= max))
      throw outOfRange(name, `an integer from ${min} to ${max}`, value);
  };

export const oneOf =
  (...values: readonly string[]): Check =>
  (value, name) => {
    if (typeof value === 'string' && values.includes(value)) return;
    throw wrongValue(name, `must be one of ${values.map((each) => `'${each}'`).join(', ')}. Received ${String(value)}`);
  };

export const anEncoding: Check = (value, name) => {
  if (value === null) return;
  if (typeof value !== 'string') throw wrongType(name, 'of type string', value);
  if (!Buffer.isEncoding(value)) throw wrongValue(name, `is not an encoding: '${value}'`);
};

export const aSignal: Check = (value, name) => {
  // A signal of another realm is no instance of this one's class.
  const isSignal = typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value;
  if (!isSignal) throw wrongType(name, 'an instance of AbortSignal', value);
};

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * A path: relative paths are refused later, by the call.
 * @returns the path
 */
export function checkedPath(path: unknown, name = 'path'): string {
  if (typeof path !== 'string') throw wrongType(name, 'of type string', path);
  if (path.includes('\0')) throw wrongValue(name, 'must be a string without null bytes');
  // In UTF-8 such a character becomes U+FFFD: the path would name another file.
  if (LONE_SURROGATE.test(path)) throw wrongValue(name, 'must be a well-formed string: it contains a lone surrogate');
  return path;
}

/**
 * Checks options and their names.
 * @param options missing and null mean no options; a string is the option `encoding`, where the call has one
 * @throws ArgumentTypeError with ERR_INVALID_ARG_VALUE for an option that the call does not have
 */
export function checkedOptions<Options extends object>(
  options: Options | string | null | undefined,
  checks: Checks<Options>,
  name = 'options',
): Partial<Options> {
  if (options === null || options === undefined) return {};
  if (typeof options === 'string' && 'encoding' in checks) {
    anEncoding(options, 'encoding');
    // The check is for an option `encoding` of Options.
    return { encoding: options } as unknown as Partial<Options>;
  }
  if (typeof options !== 'object' || Array.isArray(options)) throw wrongType(name, 'of type object', options);
  const known = new Map<string, Check>(Object.entries(checks));
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const check = known.get(key);
    if (check === undefined) {
      throw wrongValue(`${name}.${key}`, `is not an option of this call; its options are ${[...known.keys()].join(', ')}`);
    }
    check(value, `${name}.${key}`);
  }
  return options;
}
