/** The gRPC services as typed method tables, and `bindService` and `bindStreams`, which bind handlers to them. */
import type { MethodDefinition } from '@grpc/proto-loader';
import { toDfsError } from '../shared/errors.js';
import type { RpcBinding, RpcContext, RpcMethod, RpcStreamMethod } from '../shared/runtime.js';
import type { ClusterServiceDefinition } from './generated/distrifs/v1/ClusterService.js';
import type { DataNodeServiceDefinition } from './generated/distrifs/v1/DataNodeService.js';
import type { MasterServiceDefinition } from './generated/distrifs/v1/MasterService.js';
import type { NamespaceServiceDefinition } from './generated/distrifs/v1/NamespaceService.js';
import type { RaftServiceDefinition } from './generated/distrifs/v1/RaftService.js';
import type { RaftStreamServiceDefinition } from './generated/distrifs/v1/RaftStreamService.js';
import { methodCodec, serviceDefinition } from './messages.js';

/** The declared methods of a generated definition, without its index signature. */
type MethodNames<Definition> = keyof {
  [Name in keyof Definition as string extends Name ? never : number extends Name ? never : Name]: true;
};

/** A service: each method with the types of its request and response. */
export type Service<Definition> = {
  readonly [Name in MethodNames<Definition> & keyof Definition]: Definition[Name] extends MethodDefinition<
    infer RequestIn,
    infer ResponseIn,
    infer RequestOut,
    infer ResponseOut
  >
    ? RpcMethod<RequestIn, RequestOut, ResponseIn, ResponseOut>
    : never;
};

/** A service each method of which takes a stream. */
export type StreamService<Definition> = {
  readonly [Name in MethodNames<Definition> & keyof Definition]: Definition[Name] extends MethodDefinition<
    infer In,
    infer _AcknowledgementIn,
    infer Out,
    infer _AcknowledgementOut
  >
    ? RpcStreamMethod<In, Out>
    : never;
};

/** The handlers of the streams that a server takes: each is called for every message. */
export type StreamHandlers<S> = {
  readonly [Name in keyof S]: S[Name] extends RpcStreamMethod<infer _In, infer Out>
    ? (message: Out, context: RpcContext) => Promise<unknown>
    : never;
};

/** The handlers of a server: one for each method. */
export type Handlers<S> = {
  readonly [Name in keyof S]: S[Name] extends RpcMethod<infer _RequestIn, infer RequestOut, infer ResponseIn, infer _ResponseOut>
    ? (request: RequestOut, context: RpcContext) => Promise<ResponseIn>
    : never;
};

function loadService<Definition>(name: string): Service<Definition> {
  const methods: Record<string, RpcMethod<unknown, unknown, unknown, unknown>> = {};
  for (const [methodName, method] of Object.entries(serviceDefinition(name))) {
    const { requestType, requestSerialize, requestDeserialize, responseType, responseSerialize, responseDeserialize } = method;
    const request = methodCodec<unknown, unknown>(requestType, 'request', requestSerialize, requestDeserialize);
    const response = methodCodec<unknown, unknown>(responseType, 'answer', responseSerialize, responseDeserialize);
    methods[methodName] = {
      path: method.path,
      encodeRequest: request.encode,
      decodeRequest: request.decode,
      encodeResponse: response.encode,
      decodeResponse: response.decode,
    };
  }
  // The loader's types are erased; the generated definition, made with the same options, describes the returned object.
  return methods as unknown as Service<Definition>;
}

function loadStreamService<Definition>(name: string): StreamService<Definition> {
  const methods: Record<string, RpcStreamMethod<unknown, unknown>> = {};
  for (const [methodName, method] of Object.entries(serviceDefinition(name))) {
    const { path, requestType, requestSerialize, requestDeserialize } = method;
    const codec = methodCodec<unknown, unknown>(requestType, 'request', requestSerialize, requestDeserialize);
    methods[methodName] = { path, isStream: true, ...codec };
  }
  // As in loadService.
  return methods as unknown as StreamService<Definition>;
}

export const NamespaceService = loadService<NamespaceServiceDefinition>('NamespaceService');
export const DataNodeService = loadService<DataNodeServiceDefinition>('DataNodeService');
export const ClusterService = loadService<ClusterServiceDefinition>('ClusterService');
export const MasterService = loadService<MasterServiceDefinition>('MasterService');
export const RaftService = loadService<RaftServiceDefinition>('RaftService');
export const RaftStreamService = loadStreamService<RaftStreamServiceDefinition>('RaftStreamService');

/** Binds handlers to a service's methods, for `Rpc.serve`. Requests are within FIELD_LIMITS: decoding checks the limits. */
export function bindService<S extends object>(service: S, handlers: Handlers<S>): RpcBinding[] {
  const methods = service as Record<string, RpcMethod<unknown, unknown, unknown, unknown>>;
  const untyped = handlers as Record<string, (request: unknown, context: RpcContext) => Promise<unknown>>;
  return Object.entries(methods).map(([name, method]) => ({
    path: method.path,
    async handle(request, context) {
      try {
        const handler = untyped[name];
        if (handler === undefined) throw new Error('no handler');
        return method.encodeResponse(await handler(method.decodeRequest(request), context));
      } catch (error) {
        throw toDfsError(error, `Call ${name} failed`);
      }
    },
  }));
}

const NOTHING = new Uint8Array(0);

/** Binds handlers to a service's streams, for `Rpc.serve`. Messages are within FIELD_LIMITS: decoding checks the limits. */
export function bindStreams<S extends object>(service: S, handlers: StreamHandlers<S>): RpcBinding[] {
  const methods = service as Record<string, RpcStreamMethod<unknown, unknown>>;
  const untyped = handlers as Record<string, (message: unknown, context: RpcContext) => Promise<unknown>>;
  return Object.entries(methods).map(([name, method]) => ({
    path: method.path,
    isStream: true,
    async handle(message, context) {
      try {
        const handler = untyped[name];
        if (handler === undefined) throw new Error('no handler');
        await handler(method.decode(message), context);
        return NOTHING;
      } catch (error) {
        throw toDfsError(error, `Stream ${name} failed`);
      }
    },
  }));
}
