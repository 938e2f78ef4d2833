/** The serializers that gRPC is given: messages come encoded by the services' own codecs, so it carries bytes as they are. */

/** The same memory as a Buffer. */
export const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const asIs = (bytes: Buffer): Buffer => bytes;
