/** Reads which nodes a step means, and how many of them. */
import type { FieldReader } from './field-reader.js';
import { matchingNodes } from '../model/matching-nodes.js';
import { nodeNames } from '../model/scenario.js';
import type { Mode, ScenarioCluster, Selector } from '../model/scenario.js';
import { MODES, PARTS, ROLES, STATES } from '../schema/selector-schema.js';
import { describe } from './value-node.js';
import type { ValueNode } from './value-node.js';

const isClient = (name: string): boolean => /^client(-\d+)?$/.test(name);

/** Undefined when it means what this cluster does not have, which was reported. */
export function readSelector(reader: FieldReader, node: ValueNode, cluster: ScenarioCluster): Selector | undefined {
  const field = (key: string): ValueNode | undefined => reader.field(node, key);
  const [name, rack, role, state, is, holds] = ['name', 'rack', 'role', 'state', 'is', 'holds'].map(field);
  const { masters, datanodes, racks } = cluster;
  const there = (prefix: string, count: number): string => (count === 1 ? `${prefix}-1` : `${prefix}-1 to ${prefix}-${count}`);
  const nodesThere = `this cluster has ${there('m', masters)} and ${there('dn', datanodes)}`;
  const names = name && knownWords(reader, name, 'node', nodeNames(cluster), nodesThere);
  const rackNames = Array.from({ length: racks }, (_, index) => `rack-${index + 1}`);
  const racksThere = `this cluster has ${there('rack', racks)}`;
  const inRacks = rack && knownWords(reader, rack, 'rack', rackNames, racksThere);
  if ((name !== undefined && names === undefined) || (rack !== undefined && inRacks === undefined)) return undefined;
  const part = is && reader.word(is, PARTS);
  const selector: Selector = {
    ...(names === undefined ? {} : { names }),
    ...(role === undefined ? {} : { roles: reader.words(role, ROLES) }),
    ...(inRacks === undefined ? {} : { racks: inRacks }),
    ...(state === undefined ? {} : { states: reader.words(state, STATES) }),
    ...(part === undefined ? {} : { is: part }),
    ...(holds === undefined ? {} : { holds: reader.text(holds) }),
    ...(field('in-pipeline') === undefined ? {} : { inPipeline: true }),
  };
  if (matchingNodes(selector, cluster).length > 0) return selector;
  const isFollower = is !== undefined && part === 'follower' && masters === 1;
  if (isFollower) reader.problem(is, '"is: follower" matches no node: the only master of this cluster is its leader');
  else reader.problem(node, 'the selector matches no node of this cluster');
  return undefined;
}

/** Words of which the scenario itself says which there are. */
function knownWords(
  reader: FieldReader,
  node: ValueNode,
  what: string,
  known: readonly string[],
  overview: string,
): readonly string[] | undefined {
  const words = (node.items ?? [node]).map((item) => ({ item, word: reader.text(item) }));
  const unknown = words.filter(({ word }) => !known.includes(word));
  for (const { item, word } of unknown) {
    const isLater = what === 'node' && isClient(word);
    const message = isLater ? `node "${word}" is not available yet` : `unknown ${what} ${describe(item)}: ${overview}`;
    reader.problem(item, message);
  }
  return unknown.length === 0 ? words.map(({ word }) => word) : undefined;
}

/**
 * How many of the nodes that the selector can match.
 * @param action the mapping with `mode` and `value`
 * @param reachable the nodes that the selector can ever match
 */
export function readMode(reader: FieldReader, action: ValueNode, reachable: number): Mode | undefined {
  const modeNode = reader.field(action, 'mode');
  const kind = modeNode === undefined ? 'all' : reader.word(modeNode, MODES);
  const value = reader.field(action, 'value');
  if (kind === 'percent') return { kind, percent: reader.integer(reader.demanded(action, 'value')) };
  if (kind === 'fixed') {
    const count = reader.integer(reader.demanded(action, 'value'));
    if (count <= reachable) return { kind, count };
    const nodes = `${reachable} node${reachable === 1 ? '' : 's'}`;
    reader.problem(value ?? action, `"value" is ${count}, and the selector matches ${nodes} at most`);
    return undefined;
  }
  if (kind !== 'minority' || reachable >= 3) return { kind };
  reader.problem(modeNode ?? action, `there is no minority of ${reachable} nodes`);
  return undefined;
}
