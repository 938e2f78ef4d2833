/** A small service that the simulated runtime's tests share. */
import type { RpcBinding, RpcContext, RpcMethod } from '../../../src/shared/runtime.js';

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
