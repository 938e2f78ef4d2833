/** The kinds of rows in the table of limits, and the rows that the fields of a message must have. */
import { isAddress } from '../../shared/address.js';
import {
  ADDRESS_BYTES_MAX,
  COUNTER_MAX,
  ID_BYTES_MAX,
  LABEL_BYTES_MAX,
  LOG_INDEX_MAX,
  PATH_BYTES_MAX,
  TERM_MAX,
  TIMER_MS_MAX,
} from '../../shared/limits.js';
import type { WireMessages } from '../generated/wire-messages.js';

export type WireMessageName = keyof WireMessages;

interface StringFormat {
  /** The text after "must be" in an error. */
  readonly description: string;
  readonly accepts: (text: string) => boolean;
}

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const CONTROL = /\p{Cc}/u;

/** The characters that a string may contain. `bytesMin` alone decides whether the string may be empty. */
export const STRING_FORMATS = {
  any: { description: 'any text', accepts: () => true },
  label: { description: 'text without control characters', accepts: (text) => !CONTROL.test(text) },
  id: {
    description: 'letters, digits, dots, dashes and underscores, beginning with a letter or a digit',
    accepts: (text) => ID.test(text),
  },
  address: { description: 'host:port, with a port from 0 to 65535', accepts: isAddress },
} as const satisfies Record<string, StringFormat>;

export interface StringRow {
  readonly kind: 'string';
  readonly format: keyof typeof STRING_FORMATS;
  /** Length in UTF-8. */
  readonly bytesMin: 0 | 1;
  readonly bytesMax: number;
  /** Code of the error for a string that is too long. */
  readonly tooLong: 'INVALID_ARGUMENT' | 'NAME_TOO_LONG';
}

export interface BytesRow {
  readonly kind: 'bytes';
  readonly bytesMin: number;
  readonly bytesMax: number;
}

export interface IntegerRow {
  readonly kind: 'integer';
  readonly min: number;
  /** At most Number.MAX_SAFE_INTEGER. */
  readonly max: number;
}

export interface BoolRow {
  readonly kind: 'bool';
}

/** Names that are unknown to this version are refused, independent of the row. */
export interface EnumRow<Name extends string = string> {
  readonly kind: 'enum';
  readonly allowed: Readonly<Record<Name, boolean>>;
}

export interface ListRow<Element = unknown> {
  readonly kind: 'list';
  readonly countMax: number;
  readonly element: Element;
}

/** A message with a table of its own. */
export interface MessageRow<Name extends WireMessageName = WireMessageName> {
  readonly kind: 'message';
  readonly name: Name;
  readonly isRequired: boolean;
}

/** The field with the name of the member of a oneof that is set; the members have rows of their own. */
export interface OneofRow {
  readonly kind: 'oneof';
  readonly isRequired: boolean;
}

export type FieldRow = StringRow | BytesRow | IntegerRow | BoolRow | EnumRow | ListRow<FieldRow> | MessageRow | OneofRow;

/** The messages of exactly this shape. */
type NameOf<Shape> = {
  [Name in WireMessageName]: [WireMessages[Name], Shape] extends [Shape, WireMessages[Name]] ? Name : never;
}[WireMessageName];

type RowOf<Message, Value> = [Value] extends [boolean]
  ? BoolRow
  : [Value] extends [number]
    ? IntegerRow
    : [Value] extends [Uint8Array]
      ? BytesRow
      : [Value] extends [string]
        ? string extends Value
          ? StringRow
          : [Value] extends [keyof Message]
            ? OneofRow
            : EnumRow<Value>
        : [Value] extends [readonly (infer Element)[]]
          ? ListRow<RowOf<Message, Element>>
          : MessageRow<NameOf<Value>>;

/** A row for each field of a message. A missing row, or a row of the wrong kind, is a compile error. */
export type MessageRows<Message> = {
  readonly [Field in keyof Message]-?: RowOf<Message, NonNullable<Message[Field]>>;
};

/** The tables of some messages. */
export type TablesOf<Name extends WireMessageName> = { readonly [Each in Name]: MessageRows<WireMessages[Each]> };

const string = (format: StringRow['format'], bytesMin: 0 | 1, bytesMax: number): StringRow => {
  return { kind: 'string', format, bytesMin, bytesMax, tooLong: 'INVALID_ARGUMENT' };
};

/** The id of a node, a cluster, a chunk's file or a snapshot. */
export const id = string('id', 1, ID_BYTES_MAX);
/** Empty: none, or unknown. A handler that requires the id reports its absence. */
export const idOrEmpty = string('id', 0, ID_BYTES_MAX);
export const address = string('address', 1, ADDRESS_BYTES_MAX);
export const addressOrEmpty = string('address', 0, ADDRESS_BYTES_MAX);
/** One line of display text. */
export const label = (bytesMax = LABEL_BYTES_MAX): StringRow => string('label', 0, bytesMax);
export const text = (bytesMax: number): StringRow => string('any', 0, bytesMax);
/** The state machine checks the form of the path, because a replay of the log must repeat the check. */
export const path: StringRow = { ...string('any', 0, PATH_BYTES_MAX), tooLong: 'NAME_TOO_LONG' };

export const bytes = (bytesMin: number, bytesMax: number): BytesRow => ({ kind: 'bytes', bytesMin, bytesMax });

/** `min` and `max` are included. */
export const integer = (min: number, max: number): IntegerRow => ({ kind: 'integer', min, max });
/** A numeric id or a count; 0: none, or the default. */
export const counter = integer(0, COUNTER_MAX);
/** A counter that begins at 1. */
export const ordinal = integer(1, COUNTER_MAX);
export const term = integer(0, TERM_MAX);
/** The term of an entry, or of a message from a member. */
export const realTerm = integer(1, TERM_MAX);
export const logIndex = integer(0, LOG_INDEX_MAX);
/** A duration that a timer supports, in milliseconds. */
export const timerMs = integer(0, TIMER_MS_MAX);
export const uint32 = integer(0, 0xffff_ffff);

export const bool: BoolRow = { kind: 'bool' };

/** @param allowed every name of the type in proto/, and whether a peer may send it */
export const enumOf = <Name extends string>(allowed: Readonly<Record<Name, boolean>>): EnumRow<Name> => {
  return { kind: 'enum', allowed };
};

export const list = <Element extends FieldRow>(element: Element, countMax: number): ListRow<Element> => {
  return { kind: 'list', countMax, element };
};

export const message = <Name extends WireMessageName>(name: Name): MessageRow<Name> => ({
  kind: 'message',
  name,
  isRequired: true,
});
/** The message may be absent, as every member of a oneof may be. */
export const optional = <Name extends WireMessageName>(name: Name): MessageRow<Name> => {
  return { kind: 'message', name, isRequired: false };
};

export const oneof: OneofRow = { kind: 'oneof', isRequired: true };
/** No member is set: the sender has a later version. */
export const openOneof: OneofRow = { kind: 'oneof', isRequired: false };
