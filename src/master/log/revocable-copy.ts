/** A copy of the state that can be revoked while it is being written to a file. */
import { DfsError } from '../../shared/errors.js';
import type { StateCopy } from '../state/tables/replicated-state.js';

export class RevocableCopy implements StateCopy {
  readonly index: number;
  readonly digest: string;
  readonly #copy: StateCopy;
  #isRevoked = false;

  constructor(copy: StateCopy) {
    this.index = copy.index;
    this.digest = copy.digest;
    this.#copy = copy;
  }

  isRevoked(): boolean {
    return this.#isRevoked;
  }

  /** From now on `next` throws: the end of a copy must not be taken for its whole. */
  revoke(): void {
    this.#isRevoked = true;
    this.#copy.end();
  }

  /** @throws DfsError CANCELLED when it was revoked */
  next(bytesMax: number): Uint8Array | null {
    if (this.#isRevoked) throw new DfsError('CANCELLED', `The copy of the state at entry ${this.index} is void`);
    return this.#copy.next(bytesMax);
  }

  end(): void {
    this.#copy.end();
  }
}
