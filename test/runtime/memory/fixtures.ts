/** Small services and streams that the simulated runtime's tests share. */
import type { ByteStream, RpcBinding, RpcContext, RpcMethod } from '../../../src/shared/runtime.js';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A method from text to text. */
export const echoMethod: RpcMethod<string, string, string, string> = {
  path: '/test.Echo/Say',
  encodeRequest: encode,
  decodeRequest: decode,
  encodeResponse: encode,
  decodeResponse: decode,
};

/** Binds a handler to the echo method. */
export function bindEcho(handler: (text: string, context: RpcContext) => Promise<string>): RpcBinding {
  return { path: echoMethod.path, handle: async (request, context) => encode(await handler(decode(request), context)) };
}

/** Everything a stream brings until its end. */
export async function readAll(stream: ByteStream): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let piece = await stream.read(); piece !== null; piece = await stream.read()) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}

/** Bytes in which every shift of position shows. */
export const patternBytes = (count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
