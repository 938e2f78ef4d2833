/** Protobuf definitions, generated from proto/, with the loader options that determine the TypeScript form of messages. */
import * as protoLoader from '@grpc/proto-loader';
import { DfsError } from '../shared/errors.js';
import { messageGuard } from './field-limits/check-message.js';
import type { MessageGuard } from './field-limits/check-message.js';
import { FIELD_LIMITS } from './field-limits/field-limits.js';
import type { WireMessageName } from './field-limits/field-rows.js';
import { DEFINITIONS } from './generated/definitions.js';

/** The same options as in the `gen:proto` script: generated types and runtime objects must agree. */
const LOADER_OPTIONS: protoLoader.Options = {
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
};

// protobufjs generated this value, and its type describes it.
const definitions = protoLoader.fromJSON(DEFINITIONS as Parameters<typeof protoLoader.fromJSON>[0], LOADER_OPTIONS);

/** A message type: encodes an object and decodes bytes. */
export interface MessageCodec<In, Out> {
  readonly encode: (message: In) => Uint8Array;
  /** @throws DfsError PROTOCOL_ERROR for bytes that are not such a message */
  readonly decode: (bytes: Uint8Array) => Out;
}

/**
 * Refuses a 64-bit integer that a JS number cannot hold, because the conversion would round the value silently.
 * Counters and sizes are below 2^53; only corrupt or malicious data is not.
 */
function assertSafeIntegers(value: unknown, name: string): void {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new DfsError('PROTOCOL_ERROR', `${name} holds the integer ${value}, beyond 2^53`);
  } else if (Array.isArray(value)) {
    for (const item of value) assertSafeIntegers(item, name);
  } else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
    for (const item of Object.values(value)) assertSafeIntegers(item, name);
  }
}

/** Whether a message is a request or a response determines the error code for a message beyond its limits: see FIELD_LIMITS. */
export type Side = 'request' | 'answer';

const CODE_OF_SIDE = { request: 'INVALID_ARGUMENT', answer: 'PROTOCOL_ERROR' } as const;

/** For the contents of a log or a checkpoint: any integer that a number can hold. */
const unlimited = (name: string): MessageGuard => ({
  checkSize: () => undefined,
  check: (message) => assertSafeIntegers(message, name),
});

/** Wraps a generated pair of functions: corrupt data becomes a typed error. */
function codecOf<In, Out>(
  name: string,
  serialize: (message: In) => Uint8Array,
  deserialize: (bytes: Buffer) => Out,
  guard: MessageGuard,
): MessageCodec<In, Out> {
  return {
    encode: (message) => serialize(message),
    decode(bytes) {
      guard.checkSize(bytes.length);
      let message: Out;
      try {
        message = deserialize(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      } catch (error) {
        throw new DfsError('PROTOCOL_ERROR', `Cannot decode ${name} from ${bytes.length} bytes`, { cause: error });
      }
      guard.check(message);
      return message;
    },
  };
}

/**
 * The codec of a message type for stored data, without the limits for received messages.
 * @param name the name in the .proto file, without the package
 */
export function messageCodec<In, Out>(name: string): MessageCodec<In, Out> {
  return codecOfDefinition(name, unlimited(name));
}

/**
 * The codec of a message type for received messages.
 * @throws DfsError when decoding, as `methodCodec`
 */
export function wireCodec<In, Out>(name: WireMessageName, side: Side): MessageCodec<In, Out> {
  return codecOfDefinition(name, messageGuard(name, CODE_OF_SIDE[side]));
}

function codecOfDefinition<In, Out>(name: string, guard: MessageGuard): MessageCodec<In, Out> {
  const definition = definitions[`distrifs.v1.${name}`];
  if (definition === undefined || !('serialize' in definition))
    throw new DfsError('INTERNAL', `No message type "${name}" in proto/`);
  // The loader's types are erased; the generated types, made with the same options, describe the returned objects.
  const typed = definition as unknown as protoLoader.MessageTypeDefinition<In & object, Out & object>;
  return codecOf<In, Out>(name, (message) => typed.serialize(message as In & object), typed.deserialize, guard);
}

/** A service as loaded: method name to definition. */
export function serviceDefinition(name: string): protoLoader.ServiceDefinition {
  const definition = definitions[`distrifs.v1.${name}`];
  if (definition === undefined || 'format' in definition) throw new DfsError('INTERNAL', `No service "${name}" in proto/`);
  return definition;
}

/**
 * The codec of one side of a service's method. A decoded message is within FIELD_LIMITS.
 * @throws FieldLimitError when decoding, with INVALID_ARGUMENT (or NAME_TOO_LONG) for a request, PROTOCOL_ERROR for an answer;
 *   DfsError
 *   PROTOCOL_ERROR for bytes that are not such a message
 */
export function methodCodec<In, Out>(
  type: protoLoader.MessageTypeDefinition<object, object>,
  side: Side,
  serialize: protoLoader.Serialize<In & object>,
  deserialize: protoLoader.Deserialize<Out & object>,
): MessageCodec<In, Out> {
  const name = messageNameOf(type);
  const guard = messageGuard(name, CODE_OF_SIDE[side]);
  return codecOf<In, Out>(name, (message) => serialize(message as In & object), deserialize, guard);
}

/** The loader keeps the message's descriptor, but without its type. */
function messageNameOf({ type }: protoLoader.MessageTypeDefinition<object, object>): WireMessageName {
  if ('name' in type && typeof type.name === 'string' && Object.hasOwn(FIELD_LIMITS, type.name))
    return type.name as WireMessageName;
  throw new DfsError('INTERNAL', 'A service has a message without limits');
}
