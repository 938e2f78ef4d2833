/** Checks that every implementation of Rpc performs. Pure. */
import { DfsError } from '../../shared/errors.js';
import { RPC_MESSAGE_BYTES_MAX } from '../../shared/limits.js';
import type { RpcBinding, RpcStream } from '../../shared/runtime.js';

/**
 * @param what the message: `Request of /package.Service/Method`
 * @throws DfsError RESOURCE_EXHAUSTED, not retriable, for a message above the maximum length
 */
export function assertMessageFits(what: string, message: Uint8Array): void {
  if (message.length <= RPC_MESSAGE_BYTES_MAX) return;
  const reason = `${what} has ${message.length} bytes: at most ${RPC_MESSAGE_BYTES_MAX} are allowed`;
  throw new DfsError('RESOURCE_EXHAUSTED', reason, { retriable: false });
}

/** A server's bindings by their methods' paths. @throws DfsError INVALID_ARGUMENT when a method is bound twice */
export function bindingsByPath(bindings: readonly RpcBinding[]): ReadonlyMap<string, RpcBinding> {
  const byPath = new Map<string, RpcBinding>();
  for (const binding of bindings) {
    if (byPath.has(binding.path)) throw new DfsError('INVALID_ARGUMENT', `Method ${binding.path} is bound twice`);
    byPath.set(binding.path, binding);
  }
  return byPath;
}

/** A stream that could not begin. */
export const endedStream = (error: DfsError): RpcStream<unknown> => ({
  ended: Promise.resolve(error),
  send: () => Promise.reject(error),
  close: () => undefined,
});
