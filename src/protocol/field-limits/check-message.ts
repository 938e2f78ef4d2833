/** Checks decoded messages against their tables. The checkers are made once, and checking a valid field allocates nothing. */
import { DfsError } from '../../shared/errors.js';
import { KIB } from '../../shared/limits.js';
import { FIELD_LIMITS } from './field-limits.js';
import { STRING_FORMATS } from './field-rows.js';
import type { FieldRow, StringRow, WireMessageName } from './field-rows.js';

/** A field of a message is beyond its limit. */
export class FieldLimitError extends DfsError {
  /** The name in proto/. */
  readonly messageName: WireMessageName;
  /** Path within the message: `node.clusterId`, `replicas[17].state`; empty: the whole message. */
  readonly field: string;

  constructor(code: LimitCode, messageName: WireMessageName, { field, rule, found }: Violation) {
    super(code, `${messageName}${field === '' ? '' : `.${field}`} ${rule}, not ${found}`);
    this.messageName = messageName;
    this.field = field;
  }
}

/** INVALID_ARGUMENT for a request, PROTOCOL_ERROR for an answer; NAME_TOO_LONG for a path. None is retriable. */
type LimitCode = 'INVALID_ARGUMENT' | 'PROTOCOL_ERROR' | 'NAME_TOO_LONG';

interface Violation {
  readonly field: string;
  /** "must …", "may …" */
  readonly rule: string;
  /** The found value, shortened. */
  readonly found: string;
  readonly code?: LimitCode;
}

/** @returns null when the value is within its limits */
type Check = (value: unknown) => Violation | null;

/** The two checks of a message; each throws a FieldLimitError. */
export interface MessageGuard {
  /**
   * Checks the length before decoding, whose cost grows with the number of entries: a message with lists that exceeds the sum of
   * its limits is refused.
   */
  checkSize(bytes: number): void;
  /** Checks the decoded message. */
  check(message: unknown): void;
}

/** Bytes for fields that a later version may have added. */
const UNKNOWN_FIELDS_BYTES = KIB;
/** Bytes of a field's number and of the length before its content. */
const FIELD_OVERHEAD_BYTES = 7;
const VARINT_BYTES_MAX = 10;
const SHOWN_CHARS_MAX = 60;

/**
 * The guard of a message type, made at its first use.
 * @param code the code of the error
 */
export function messageGuard(name: WireMessageName, code: 'INVALID_ARGUMENT' | 'PROTOCOL_ERROR'): MessageGuard {
  let made: { readonly bytesMax: number; readonly check: Check } | null = null;
  const make = () =>
    (made = { bytesMax: hasLists(name) ? messageBytesMax(name) + UNKNOWN_FIELDS_BYTES : Infinity, check: tableCheck(name) });
  return {
    checkSize(bytes) {
      const { bytesMax } = made ?? make();
      if (bytes <= bytesMax) return;
      const rule = `may have ${bytesMax} bytes with every field at its limit`;
      throw new FieldLimitError(code, name, { field: '', rule, found: String(bytes) });
    },
    check(message) {
      const violation = (made ?? make()).check(message);
      if (violation === null) return;
      const isOwnCode = code === 'INVALID_ARGUMENT' && violation.code !== undefined;
      throw new FieldLimitError(isOwnCode ? violation.code : code, name, violation);
    },
  };
}

const rowsOf = (name: WireMessageName): Readonly<Record<string, FieldRow>> => FIELD_LIMITS[name];

/** The recursion ends because no table contains itself, as a test verifies. */
function tableCheck(name: WireMessageName): Check {
  const fields = Object.entries(rowsOf(name)).map(([field, row]) => ({ field, check: rowCheck(row) }));
  return (value) => {
    // The decoder returns a message of this type.
    const record = value as Readonly<Record<string, unknown>>;
    for (const { field, check } of fields) {
      const violation = check(record[field]);
      if (violation !== null) return within(field, violation);
    }
    return null;
  };
}

function within(outer: string, violation: Violation): Violation {
  const { field } = violation;
  return { ...violation, field: field === '' || field.startsWith('[') ? `${outer}${field}` : `${outer}.${field}` };
}

function rowCheck(row: FieldRow): Check {
  switch (row.kind) {
    case 'string':
      return stringCheck(row);
    case 'bytes':
      return (value) => {
        if (!(value instanceof Uint8Array) || (value.length >= row.bytesMin && value.length <= row.bytesMax)) return null;
        return { field: '', rule: `must have ${row.bytesMin} to ${row.bytesMax} bytes`, found: String(value.length) };
      };
    case 'integer': {
      const { min, max } = row;
      return (value) => {
        if (typeof value !== 'number' || (value >= min && value <= max)) return null;
        const found = Number.isSafeInteger(value) ? String(value) : 'an integer beyond 2^53';
        return { field: '', rule: `must be a whole number from ${min} to ${max}`, found };
      };
    }
    case 'bool':
      return () => null;
    case 'enum':
      return (value) => {
        if (typeof value === 'string' && row.allowed[value] === true) return null;
        const names = Object.keys(row.allowed).filter((name) => row.allowed[name] === true);
        return { field: '', rule: `must be ${names.join(' or ')}`, found: String(value) };
      };
    case 'list':
      return listCheck(rowCheck(row.element), row.countMax);
    case 'message': {
      const check = tableCheck(row.name);
      const absent: Violation = { field: '', rule: 'must be present', found: 'absent' };
      return (value) => {
        if (value !== null && value !== undefined) return check(value);
        return row.isRequired ? absent : null;
      };
    }
    case 'oneof':
      return (value) => {
        if (value !== undefined || !row.isRequired) return null;
        return { field: '', rule: 'must name one of its members', found: 'none that is known to this version' };
      };
  }
}

function stringCheck({ format, bytesMin, bytesMax, tooLong }: StringRow): Check {
  const { description, accepts } = STRING_FORMATS[format];
  // Every UTF-16 unit takes at most three bytes: the bytes of a short string need not be counted.
  const safeChars = Math.floor(bytesMax / 3);
  return (value) => {
    if (typeof value !== 'string') return null;
    const { length } = value;
    if (length > safeChars && (length > bytesMax || Buffer.byteLength(value) > bytesMax)) {
      return {
        field: '',
        rule: `may have ${bytesMax} bytes`,
        found: `${Buffer.byteLength(value)}: ${shown(value)}`,
        code: tooLong,
      };
    }
    if (length < bytesMin) return { field: '', rule: `must have 1 to ${bytesMax} bytes`, found: 'empty' };
    if (length === 0 || accepts(value)) return null;
    return { field: '', rule: `must be ${description}`, found: shown(value) };
  };
}

function listCheck(element: Check, countMax: number): Check {
  return (value) => {
    if (!Array.isArray(value)) return null;
    if (value.length > countMax) return { field: '', rule: `may have ${countMax} entries`, found: String(value.length) };
    for (let at = 0; at < value.length; at += 1) {
      const violation = element(value[at]);
      if (violation !== null) return within(`[${at}]`, violation);
    }
    return null;
  };
}

/** The received text, quoted and shortened. */
function shown(text: string): string {
  return text.length <= SHOWN_CHARS_MAX ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, SHOWN_CHARS_MAX))}…`;
}

/** Decoding a message without lists is cheap, and the error can then name the field that is too long. */
function hasLists(name: WireMessageName): boolean {
  return Object.values(rowsOf(name)).some((row) => row.kind === 'list' || (row.kind === 'message' && hasLists(row.name)));
}

/** The longest encoding of a message within its limits. */
function messageBytesMax(name: WireMessageName): number {
  return Object.values(rowsOf(name)).reduce((sum, row) => sum + rowBytesMax(row), 0);
}

function rowBytesMax(row: FieldRow): number {
  switch (row.kind) {
    case 'string':
    case 'bytes':
      return FIELD_OVERHEAD_BYTES + row.bytesMax;
    case 'list':
      return row.countMax * rowBytesMax(row.element);
    case 'message':
      return FIELD_OVERHEAD_BYTES + messageBytesMax(row.name);
    case 'oneof':
      return 0;
    case 'integer':
    case 'bool':
    case 'enum':
      return FIELD_OVERHEAD_BYTES + VARINT_BYTES_MAX;
  }
}
