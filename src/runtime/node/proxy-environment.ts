/** Reads the proxy from the environment. Only entry points use this module. */
import { DfsError } from '../../shared/errors.js';
import { parseProxyUrl } from './net/http-connect.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** All variables that grpc-js, Node or a tool may use as a proxy; also in upper case. */
const PROXY_VARIABLES: readonly string[] = ['grpc_proxy', 'no_grpc_proxy', 'https_proxy', 'http_proxy', 'all_proxy', 'no_proxy'];

/**
 * The proxy for gRPC and byte streams, from the variable `grpc_proxy` only. The proxies that a machine has for the web do not lead
 * to a cluster.
 * @returns http://user:token@host:port, or undefined
 * @throws DfsError INVALID_ARGUMENT on a value that is not such a URL
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

/**
 * Names of the variables in `env` that configure proxies or exceptions to them: child processes of a lab must not inherit these.
 */
export function proxyVariablesIn(env: Environment): string[] {
  return Object.keys(env).filter((name) => PROXY_VARIABLES.includes(name.toLowerCase()));
}
