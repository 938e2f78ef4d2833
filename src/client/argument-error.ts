/** Errors of the SDK that are not failures of the cluster: wrong arguments and aborted calls, in the shape of those of node:fs. */

/** An argument of a wrong type, or a value that the argument does not have. Nothing was sent. */
export class ArgumentTypeError extends TypeError {
  readonly code: 'ERR_INVALID_ARG_TYPE' | 'ERR_INVALID_ARG_VALUE';

  constructor(code: ArgumentTypeError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** A number outside its range. Nothing was sent. */
export class ArgumentRangeError extends RangeError {
  readonly code = 'ERR_OUT_OF_RANGE';
}

/** The caller's signal ended the call, which changed nothing. `cause` is the reason of the signal. */
export class AbortError extends Error {
  override readonly name = 'AbortError';
  readonly code = 'ABORT_ERR';

  constructor(signal: AbortSignal) {
    super('The operation was aborted', { cause: signal.reason });
  }
}

/** True for an error that reaches the caller unchanged. */
export function isCallersError(error: unknown): error is ArgumentTypeError | ArgumentRangeError | AbortError {
  return error instanceof ArgumentTypeError || error instanceof ArgumentRangeError || error instanceof AbortError;
}

/** @param expected completes "must be …": `a string` */
export function wrongType(name: string, expected: string, value: unknown): ArgumentTypeError {
  return new ArgumentTypeError(
    'ERR_INVALID_ARG_TYPE',
    `The ${kindOf(name)} "${name}" must be ${expected}. Received ${received(value)}`,
  );
}

/** @param reason completes the sentence: `is not known` */
export function wrongValue(name: string, reason: string): ArgumentTypeError {
  return new ArgumentTypeError('ERR_INVALID_ARG_VALUE', `The ${kindOf(name)} "${name}" ${reason}`);
}

/** @param range completes "It must be …": `an integer from 1 to 16` */
export function outOfRange(name: string, range: string, value: number): ArgumentRangeError {
  return new ArgumentRangeError(`The value of "${name}" is out of range. It must be ${range}. Received ${value}`);
}

const kindOf = (name: string): string => (name.includes('.') ? 'property' : 'argument');

function received(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'string') return `type string ('${value}')`;
  if (typeof value === 'number' || typeof value === 'boolean') return `type ${typeof value} (${value})`;
  if (typeof value !== 'object') return `type ${typeof value}`;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null ? 'an object without a prototype' : `an instance of ${value.constructor.name}`;
}
