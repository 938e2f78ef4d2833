/** The serializers for gRPC, which pass bytes unchanged: the services' own codecs encode the messages. */

/** The same memory as a Buffer. */
export const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const asIs = (bytes: Buffer): Buffer => bytes;
