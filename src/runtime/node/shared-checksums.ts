/**
 * A thread pool shared by all nodes that are threads of one process: each node sends its tasks to the process through its own port,
 * and the bytes are transferred without a copy.
 */
import type { MessagePort } from 'node:worker_threads';
import { DfsError, toDfsError } from '../../shared/errors.js';
import type { ErrorCode } from '../../shared/errors.js';
import { NODE_QUEUE_MAX, tooMuchWaits } from './checksum-pool.js';
import type { ChecksumPool } from './checksum-pool.js';
import type { ChecksumTask } from './checksum-worker.js';

interface Request {
  readonly sequence: number;
  readonly task: ChecksumTask;
}

type Answer =
  | { readonly sequence: number; readonly sums: Uint32Array }
  | { readonly sequence: number; readonly code: ErrorCode; readonly message: string };

interface Waiting {
  readonly resolve: (sums: Uint32Array) => void;
  readonly reject: (error: DfsError) => void;
}

/** The node's side of the port. */
export class SharedChecksums implements ChecksumPool {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, Waiting>();
  #sequence = 0;
  #isClosed = false;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (answer: Answer) => this.#answered(answer));
    port.on('close', () => this.#lose());
    // The port alone must not keep the thread running.
    port.unref();
  }

  run(task: ChecksumTask): Promise<Uint32Array> {
    if (this.#isClosed) return Promise.reject(poolIsGone());
    if (this.#waiting.size >= NODE_QUEUE_MAX) return Promise.reject(tooMuchWaits(this.#waiting.size));
    const sequence = ++this.#sequence;
    return new Promise((resolve, reject) => {
      this.#waiting.set(sequence, { resolve, reject });
      this.#port.postMessage({ sequence, task } satisfies Request, [task.data.buffer]);
    });
  }

  async close(): Promise<void> {
    this.#lose();
    this.#port.close();
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.sequence);
    this.#waiting.delete(answer.sequence);
    if ('sums' in answer) waiting?.resolve(answer.sums);
    else waiting?.reject(new DfsError(answer.code, answer.message));
  }

  #lose(): void {
    this.#isClosed = true;
    for (const waiting of this.#waiting.values()) waiting.reject(poolIsGone());
    this.#waiting.clear();
  }
}

const poolIsGone = (): DfsError => new DfsError('CANCELLED', 'The threads that compute checksums have ended');

/** The process's side of a node's port. The port closes when the node's thread ends, and later results are dropped. */
export function serveChecksums(port: MessagePort, pool: ChecksumPool): void {
  port.on('message', ({ sequence, task }: Request) => {
    const answer = (text: Answer): void => port.postMessage(text);
    pool.run(task).then(
      (sums) => answer({ sequence, sums }),
      (error: unknown) => {
        const { code, message } = toDfsError(error, 'Computing checksums failed');
        answer({ sequence, code, message });
      },
    );
  });
}
