/** Which proxy the environment names. Entry points read it; nothing else does. */
import { DfsError } from '../../shared/errors.js';
import { parseProxyUrl } from './net/http-connect.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that grpc-js, Node or a tool may take for a proxy; upper-case forms too. */
const PROXY_VARIABLES: readonly string[] = ['grpc_proxy', 'no_grpc_proxy', 'https_proxy', 'http_proxy', 'all_proxy', 'no_proxy'];

/**
 * The proxy that gRPC and byte streams go through: `grpc_proxy`, and no other variable. The proxies that a machine has for the
 * web are no way to a cluster.
 * @returns http://user:token@host:port, or undefined
 * @throws DfsError INVALID_ARGUMENT on a value that is no such URL
 */
export function proxyUrlFromEnvironment(env: Environment): string | undefined {
  const url = env['grpc_proxy'];
  if (url === undefined || url === '') return undefined;
  try {
    parseProxyUrl(url);
  } catch (error) {
    throw new DfsError('INVALID_ARGUMENT', 'The variable grpc_proxy is not of the form http://user:token@host:port', {
      cause: error,
    });
  }
  return url;
}

/** The names of the variables in `env` that name proxies or exceptions to them: a lab's children must not inherit them. */
export function proxyVariablesIn(env: Environment): string[] {
  return Object.keys(env).filter((name) => PROXY_VARIABLES.includes(name.toLowerCase()));
}
