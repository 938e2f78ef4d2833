/** What a key press does: the next state, and what it asks of the world. Pure. */
import type { NodeStatus } from '../../supervisor/api/cluster-status.js';
import { isFaultWord } from '../../supervisor/api/fault-table.js';
import { namedStep } from '../../supervisor/api/named-step.js';
import { editCommand, EMPTY_COMMAND, targeted, textOf, type CommandPrompt } from './command-prompt.js';
import { actionOf, type Action } from './key-map.js';
import type { KeyPress } from './key-press.js';
import { scrollMax } from './layout.js';
import { editPrompt, EMPTY_PROMPT, type PathPrompt } from './path-prompt.js';
import { chunkRows } from './reducer.js';
import type { AskedKey, Effect, Pressed, TuiState } from './state.js';

type FaultOfKey = Parameters<typeof namedStep>[0];

const only = (state: TuiState): Pressed => ({ state, effect: null });

/** The state and effect after one key press. */
export function pressKey(state: TuiState, press: KeyPress): Pressed {
  if ('key' in press && press.key === 'ctrl-c') return { state, effect: { type: 'leave' } };
  if ('key' in press && press.key === 'ctrl-l') return { state, effect: { type: 'repaint' } };
  if (state.prompt !== null) return pressInPrompt(state, state.prompt, press);
  if (state.command !== null) return pressInCommand(state, state.command, press);
  const action = actionOf(press);
  if (action === null) return only(state.asked === null ? state : { ...state, asked: null });
  if (state.helpOpen) {
    // `q` closes the help and not the lab: leaving ends the cluster.
    const closes = action === 'help' || action === 'unmark-all' || action === 'leave';
    return only(closes ? { ...state, helpOpen: false } : state);
  }
  return perform(state, action);
}

function pressInPrompt(state: TuiState, prompt: PathPrompt, press: KeyPress): Pressed {
  if ('key' in press && press.key === 'escape') return only({ ...state, prompt: null });
  if ('key' in press && press.key === 'enter') {
    return { state: { ...state, prompt: null }, effect: { type: 'put', typed: prompt.before + prompt.after } };
  }
  return only({ ...state, prompt: editPrompt(prompt, press) });
}

function pressInCommand(state: TuiState, command: CommandPrompt, press: KeyPress): Pressed {
  if ('key' in press && press.key === 'escape') return only({ ...state, command: null });
  // It is being looked at: what is typed meanwhile would change what the answer is about.
  if (command.isAsked) return only(state);
  if ('key' in press && press.key === 'enter') {
    const typed = textOf(command);
    if (typed.trim() === '') return only({ ...state, command: null });
    const meant = targeted(typed, idsOf(targets(state)), state.vocabulary);
    return { state: { ...state, command: { ...command, isAsked: true, hint: null } }, effect: { type: 'command', typed, meant } };
  }
  const nodeIds = idsOf(state.status?.nodes ?? []);
  return only({ ...state, command: editCommand(command, press, { ...state, nodeIds }) });
}

const idsOf = (nodes: readonly NodeStatus[]): readonly string[] => nodes.map((node) => node.id);

/** Carries out what a key means. A question that was asked is answered by the next key, whichever it is. */
function perform(state: TuiState, action: Action): Pressed {
  const question = questionOf(state, action);
  const calm = state.asked === null ? state : { ...state, asked: null };
  if (question === null || question.label === state.asked?.label) return carriedOut(calm, action);
  return only({ ...calm, asked: question });
}

/** What is asked once before a key acts; null: nothing. */
function questionOf(state: TuiState, action: Action): AskedKey | null {
  if (action === 'leave') {
    const busy = state.load?.isOn === true ? 'The load is on' : state.puts.length > 0 ? 'A put is in progress' : null;
    return busy === null ? null : { label: 'leave', question: `${busy}: press q again to leave, any other key to stay` };
  }
  const names = idsOf(targets(state)).join(' ');
  if (action !== 'wipe' || state.focus === 'chunks' || names === '') return null;
  const label = `wipe ${names}`;
  return { label, question: `${label} empties the disk: press w again to do it, any other key to leave it` };
}

function carriedOut(state: TuiState, action: Action): Pressed {
  if (state.focus === 'chunks' && isOnNodes(action)) {
    return { state, effect: { type: 'say', text: 'The chunks have the keys: press Tab for the nodes first' } };
  }
  switch (action) {
    case 'up':
      return only(moved(state, -1));
    case 'down':
      return only(moved(state, 1));
    case 'page-up':
      return only(moved(state, -Math.max(1, chunkRows(state) - 1)));
    case 'page-down':
      return only(moved(state, Math.max(1, chunkRows(state) - 1)));
    case 'first':
      return only(moved(state, -Infinity));
    case 'last':
      return only(moved(state, Infinity));
    case 'focus':
      return only({ ...state, focus: state.focus === 'nodes' ? 'chunks' : 'nodes' });
    case 'mark':
      return only(toggledMark(state));
    case 'unmark-all':
      return only({ ...state, markedIds: [] });
    case 'kill':
    case 'stop':
    case 'restart':
    case 'isolate':
    case 'partition':
    case 'heal':
    case 'powercut':
    case 'wipe':
      return fault(state, action);
    case 'delay':
      return fault(state, action, DELAY);
    case 'command':
      return only({ ...state, command: EMPTY_COMMAND });
    case 'pause':
      return fault(state, targets(state).every((node) => node.state === 'paused') ? 'resume' : 'pause');
    case 'transfer':
      return handOver(state);
    case 'heal-all':
      return { state, effect: stepOf('heal', []) };
    case 'load':
      return { state, effect: { type: 'load', run: state.load?.isOn !== true && !isLoadBeginning(state) } };
    case 'put':
      return only({ ...state, prompt: EMPTY_PROMPT });
    case 'help':
      return only({ ...state, helpOpen: true });
    case 'leave':
      return { state, effect: { type: 'leave' } };
    case 'repaint':
      return { state, effect: { type: 'repaint' } };
  }
}

/** Keys that act on the node under the cursor, or on the marked ones. */
const isOnNodes = (action: Action): boolean => action === 'mark' || action === 'transfer' || isFaultWord(action);

/** How the command that switches the load on is shown. */
export const LOAD_START = 'load start';
const isLoadBeginning = ({ pending }: TuiState): boolean => pending.some(({ label }) => label === LOAD_START);

/** The cursor, or the chunks' scroll position, moved by a number of rows as far as there are rows. */
function moved(state: TuiState, by: number): TuiState {
  if (state.focus === 'chunks') {
    const max = scrollMax(state.chunks.length, chunkRows(state));
    return { ...state, chunkOffset: Math.max(0, Math.min(max, state.chunkOffset + by)) };
  }
  const nodes = state.status?.nodes ?? [];
  const at = nodes.findIndex((node) => node.id === state.cursorId);
  const to = nodes[Math.max(0, Math.min(nodes.length - 1, at + by))];
  return to === undefined ? state : { ...state, cursorId: to.id };
}

/** Marks or unmarks the node under the cursor and moves on, so that a group is marked by holding the key. */
function toggledMark(state: TuiState): TuiState {
  const { cursorId, markedIds } = state;
  if (cursorId === null) return state;
  const marked = markedIds.includes(cursorId) ? markedIds.filter((id) => id !== cursorId) : [...markedIds, cursorId];
  return moved({ ...state, markedIds: marked }, 1);
}

/** The nodes that keys act on, in the order shown: the marked ones, or the one under the cursor. */
export function targets(state: TuiState): readonly NodeStatus[] {
  const nodes = state.status?.nodes ?? [];
  if (state.markedIds.length > 0) return nodes.filter((node) => state.markedIds.includes(node.id));
  return nodes.filter((node) => node.id === state.cursorId);
}

/** Only one can lead. */
function handOver(state: TuiState): Pressed {
  const [node, another] = targets(state);
  if (node?.role !== 'master' || another !== undefined) {
    return { state, effect: { type: 'say', text: 'One master can lead: put the cursor on it, and unmark others' } };
  }
  return { state, effect: { type: 'transfer-leadership', to: node.id } };
}

/** What the key of delays asks for: long enough to be seen, short enough for all to stay live. */
const DELAY = { delay: '50ms', jitter: '10ms' };

function fault(state: TuiState, action: FaultOfKey, figures: Readonly<Record<string, string>> = {}): Pressed {
  const nodeIds = idsOf(targets(state));
  if (nodeIds.length === 0) return { state, effect: { type: 'say', text: `No node to ${action} yet` } };
  if (action === 'partition' && nodeIds.length === state.status?.nodes.length) {
    return { state, effect: { type: 'say', text: 'Cannot cut all nodes off from the rest: unmark some' } };
  }
  return { state, effect: stepOf(action, nodeIds, figures) };
}

function stepOf(action: FaultOfKey, nodeIds: readonly string[], figures: Readonly<Record<string, string>> = {}): Effect {
  const keys = Object.entries(figures).map(([key, value]) => `${key}=${value}`);
  return { type: 'step', step: namedStep(action, nodeIds, figures), label: [action, ...nodeIds, ...keys].join(' ') };
}
