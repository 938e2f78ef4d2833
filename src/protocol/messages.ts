/** Protobuf definitions, generated from proto/, with the loader options that fix how messages look in TypeScript. */
import * as protoLoader from '@grpc/proto-loader';
import { DfsError } from '../shared/errors.js';
import { DEFINITIONS } from './generated/definitions.js';

/** The same as in the `gen:proto` script: generated types and runtime objects must agree. */
const LOADER_OPTIONS: protoLoader.Options = {
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
};

// What protobufjs itself wrote: its own type describes it.
const definitions = protoLoader.fromJSON(DEFINITIONS as Parameters<typeof protoLoader.fromJSON>[0], LOADER_OPTIONS);

/** One message type: bytes to object and back. */
export interface MessageCodec<In, Out> {
  readonly encode: (message: In) => Uint8Array;
  /** @throws DfsError PROTOCOL_ERROR on anything that is not such a message */
  readonly decode: (bytes: Uint8Array) => Out;
}

/**
 * A 64-bit integer that a JS number cannot hold would be rounded in silence: refuse it.
 * Counters and sizes stay below 2^53; only damage or malice goes beyond.
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

/** Wraps a generated pair of functions so that damage becomes a typed error. */
function codecOf<In, Out>(
  name: string,
  serialize: (message: In) => Uint8Array,
  deserialize: (bytes: Buffer) => Out,
): MessageCodec<In, Out> {
  return {
    encode: (message) => serialize(message),
    decode(bytes) {
      let message: Out;
      try {
        message = deserialize(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      } catch (error) {
        throw new DfsError('PROTOCOL_ERROR', `Cannot decode ${name} from ${bytes.length} bytes`, { cause: error });
      }
      assertSafeIntegers(message, name);
      return message;
    },
  };
}

/**
 * The codec of a message type.
 * @param name as in the .proto file, without package
 */
export function messageCodec<In, Out>(name: string): MessageCodec<In, Out> {
  const definition = definitions[`distrifs.v1.${name}`];
  if (definition === undefined || !('serialize' in definition))
    throw new DfsError('INTERNAL', `No message type "${name}" in proto/`);
  // The loader's types are erased; the generated ones, made with the same options, are what it really returns.
  const typed = definition as unknown as protoLoader.MessageTypeDefinition<In & object, Out & object>;
  return codecOf<In, Out>(name, (message) => typed.serialize(message as In & object), typed.deserialize);
}

/** A service as the loader gives it: method name to definition. */
export function serviceDefinition(name: string): protoLoader.ServiceDefinition {
  const definition = definitions[`distrifs.v1.${name}`];
  if (definition === undefined || 'format' in definition) throw new DfsError('INTERNAL', `No service "${name}" in proto/`);
  return definition;
}

/** The codec of one side of a service's method. */
export function methodCodec<In, Out>(
  name: string,
  serialize: protoLoader.Serialize<In & object>,
  deserialize: protoLoader.Deserialize<Out & object>,
): MessageCodec<In, Out> {
  return codecOf<In, Out>(name, (message) => serialize(message as In & object), deserialize);
}
