/** Reads requests of the control socket: any client can send anything, and gets a typed error for an invalid request. */
import { DfsError } from '../../shared/errors.js';
import type { ControlAction } from '../../supervisor/api/cluster-control.js';
import type { PartitionKind } from '../../supervisor/api/fault.js';
import type { SteadyLoadWords } from '../../supervisor/api/steady-load.js';
import type { ActRequest, FaultRequest, LiftRequest, LoadRequest } from './control-messages.js';

const ACTIONS: ReadonlySet<string> = new Set<ControlAction>([
  'kill',
  'stop',
  'restart',
  'pause',
  'resume',
  'partition',
  'isolate',
  'heal',
  'transfer-leadership',
]);
/** More nodes than a lab can have. */
const NODES_MAX = 1_000;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const COMMAND_LENGTH_MAX = 2_000;
const LOAD_WORD_LENGTH_MAX = 100;

type Fields = Readonly<Record<string, unknown>>;

const wrong = (message: string): DfsError => new DfsError('INVALID_ARGUMENT', message);

/** @throws DfsError INVALID_ARGUMENT */
function fieldsOf(text: string): Fields {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new DfsError('INVALID_ARGUMENT', 'A request to the lab is not JSON', { cause: error });
  }
  if (!isMapping(body)) throw wrong('A request to the lab must be a JSON object');
  return body;
}

const isMapping = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws DfsError INVALID_ARGUMENT on anything that is not an ActRequest */
export function readActRequest(text: string): ActRequest {
  const { action, nodes = [], kind } = fieldsOf(text);
  if (!isAction(action)) throw wrong(`The lab does not know the action ${JSON.stringify(action ?? null).slice(0, 100)}`);
  if (kind !== undefined && !isKind(kind)) {
    throw wrong(`Unknown kind of partition ${JSON.stringify(kind).slice(0, 100)}: use "stall" or "reset"`);
  }
  return { action, nodes: namesOf(nodes), ...(kind === undefined ? {} : { kind }) };
}

/** @throws DfsError INVALID_ARGUMENT on anything that is not a FaultRequest */
export function readFaultRequest(text: string): FaultRequest {
  const { command, step } = fieldsOf(text);
  if (typeof command === 'string' && step === undefined) {
    if (command.length > COMMAND_LENGTH_MAX) throw wrong(`A command to the lab has more than ${COMMAND_LENGTH_MAX} characters`);
    return { command };
  }
  if (isMapping(step) && command === undefined) return { step };
  throw wrong('A fault is asked for by "command", the text of one, or by "step", a mapping as in a scenario');
}

/** @throws DfsError INVALID_ARGUMENT on anything that is not a LiftRequest */
export function readLiftRequest(text: string): LiftRequest {
  const { id, nodes } = fieldsOf(text);
  if (nodes !== undefined && id === undefined) return { nodes: namesOf(nodes) };
  if (nodes === undefined && Number.isSafeInteger(id)) return { id: Number(id) };
  throw wrong('Which fault to lift is said by "id", its number in lab faults, or by "nodes", a list of names');
}

/** @throws DfsError INVALID_ARGUMENT on anything that is not a LoadRequest. What the words mean is for the load to say. */
export function readLoadRequest(text: string): LoadRequest {
  const { run, ...given } = fieldsOf(text);
  if (run === false) return { run };
  if (run !== true) throw wrong('A load is started with "run": true and stopped with "run": false');
  return {
    run,
    ...textOf('type', given['type']),
    ...textOf('rate', given['rate']),
    ...textOf('size', given['size']),
    ...countOf('clients', given['clients']),
    ...countOf('names', given['names']),
  };
}

function textOf(key: 'type' | 'rate' | 'size', value: unknown): SteadyLoadWords {
  if (value === undefined) return {};
  if (typeof value === 'string' && value.length <= LOAD_WORD_LENGTH_MAX) return { [key]: value };
  throw wrong(`"${key}" of a load must be a word, as in a scenario`);
}

function countOf(key: 'clients' | 'names', value: unknown): SteadyLoadWords {
  if (value === undefined) return {};
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return { [key]: value };
  throw wrong(`"${key}" of a load must be a whole number above 0`);
}

function namesOf(nodes: unknown): readonly string[] {
  const isName = (node: unknown): node is string => typeof node === 'string' && NAME.test(node);
  if (Array.isArray(nodes) && nodes.length <= NODES_MAX && nodes.every(isName)) return nodes;
  throw wrong('The nodes of a request to the lab must be a list of names');
}

function isAction(value: unknown): value is ControlAction {
  return typeof value === 'string' && ACTIONS.has(value);
}

function isKind(value: unknown): value is PartitionKind {
  return value === 'stall' || value === 'reset';
}
