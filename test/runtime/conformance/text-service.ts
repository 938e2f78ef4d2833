/** A service whose messages are text, for the conformance of an Rpc. */
import { DfsError } from '../../../src/shared/errors.js';
import type { RpcBinding, RpcContext, RpcMethod, RpcStreamMethod } from '../../../src/shared/runtime.js';

export type TextMethod = RpcMethod<string, string, string, string>;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new DfsError('PROTOCOL_ERROR', 'The message is no text', { cause: error });
  }
}

export const textMethod = (name: string): TextMethod => ({
  path: `/distrifs.test.Text/${name}`,
  encodeRequest: encode,
  decodeRequest: decode,
  encodeResponse: encode,
  decodeResponse: decode,
});

/** Whatever the handler throws reaches the server as it is. */
export const bindText = (method: TextMethod, handler: (text: string, context: RpcContext) => Promise<string>): RpcBinding => ({
  path: method.path,
  handle: async (request, context) => encode(await handler(decode(request), context)),
});

export const textStream = (name: string): RpcStreamMethod<string, string> => ({
  path: `/distrifs.test.Text/${name}`,
  isStream: true,
  encode,
  decode,
});

/** As bindText. */
export const bindTextStream = (
  method: RpcStreamMethod<string, string>,
  handler: (text: string, context: RpcContext) => Promise<void>,
): RpcBinding => ({
  path: method.path,
  isStream: true,
  handle: async (message, context) => {
    await handler(decode(message), context);
    return new Uint8Array(0);
  },
});
