/** Services whose handlers come and go while the port stays open: a master serves before its log is read, and before it is invited. */
import type { RpcBinding } from '../../shared/runtime.js';
import type { DfsError } from '../../shared/errors.js';

/** A service as src/protocol/services.ts has it. */
type AnyService = Readonly<Record<string, { readonly path: string; readonly isStream?: boolean }>>;

export class SwappableServices {
  #handlers: ReadonlyMap<string, RpcBinding> = new Map();
  #absence: DfsError;

  /** @param absence what a call without a handler gets */
  constructor(absence: DfsError) {
    this.#absence = absence;
  }

  /** One binding for each method of these services, for good. */
  bindings(services: readonly object[]): RpcBinding[] {
    return services.flatMap((service) =>
      Object.values(service as AnyService).map(({ path, isStream = false }) => ({
        path,
        isStream,
        handle: (request, context) => this.#handlers.get(path)?.handle(request, context) ?? Promise.reject(this.#absence),
      })),
    );
  }

  /** From now on these answer. @param absence for the calls of the rest */
  connect(bindings: readonly RpcBinding[], absence: DfsError): void {
    this.#handlers = new Map(bindings.map((binding) => [binding.path, binding]));
    this.#absence = absence;
  }
}
