/** The nodes of one lab by name: who there is, where their files are, and which nodes a command means. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DfsError } from '../../shared/errors.js';
import { DATANODES_MAX } from '../api/cluster-options.js';
import type { ClusterShape } from '../api/cluster-options.js';
import type { FaultAction } from '../api/fault.js';
import { assertKnownNames } from './assert-known-names.js';
import { FolderDisk } from './folder-disk.js';
import type { NodeExit, NodeHost } from '../host/node-host.js';
import { processHost } from '../host/process-host.js';
import { ThreadHost } from '../host/thread-host.js';
import type { LabRecord } from '../folder/lab-record.js';
import { ManagedNode } from './managed-node.js';
import type { NodePlace } from './managed-node.js';
import type { NodeInfo, NodeRole, RuntimeKind } from '../api/cluster-status.js';

export interface ClusterNodesOptions {
  /** The lab's folder. */
  readonly dir: string;
  readonly shape: ClusterShape;
  readonly runtime: RuntimeKind;
  /** What the folder held. */
  readonly kept: LabRecord | null;
  /** Called when a process of a node came or went, or was paused or resumed. */
  readonly onChange: (nodeId: string, exit: NodeExit | null) => void;
  /** Called for each process of a node after the first. */
  readonly onSpawn: () => void;
}

export class ClusterNodes {
  readonly host: NodeHost;
  /** Masters first. Grows in place, as `datanodes` does, so that its observers see nodes that are added. */
  readonly all: readonly ManagedNode[];
  readonly masters: readonly ManagedNode[];
  readonly datanodes: readonly ManagedNode[];
  /** Second nodes on copies of folders of datanodes: no command names them. */
  readonly clones = new Set<ManagedNode>();
  readonly #options: ClusterNodesOptions;
  readonly #all: ManagedNode[];
  readonly #datanodes: ManagedNode[];

  constructor(options: ClusterNodesOptions) {
    const { masters, datanodes } = options.shape;
    this.host = options.runtime === 'thread' ? new ThreadHost(masters + datanodes) : processHost;
    const make = (role: NodeRole, count: number): ManagedNode[] =>
      Array.from({ length: count }, (_, index) => makeNode(role, index + 1, options, this.host));
    this.#options = options;
    this.masters = make('master', masters);
    this.datanodes = this.#datanodes = make('datanode', datanodes);
    this.all = this.#all = [...this.masters, ...this.datanodes];
  }

  /**
   * Where datanodes of these names would stand.
   * @throws DfsError INVALID_ARGUMENT unless they are the next free names, each once
   */
  newPlaces(nodeIds: readonly string[]): NodePlace[] {
    const count = this.datanodes.length;
    const places = nodeIds.map((_, index): NodePlace => {
      return { id: `dn-${count + index + 1}`, role: 'datanode', ordinal: count + index + 1 };
    });
    const isNext = places.every(({ id }) => nodeIds.includes(id));
    if (nodeIds.length === 0 || !isNext) {
      const next = places.length < 2 ? `the next free name is dn-${count + 1}` : `the next free names are ${namesOf(places)}`;
      throw new DfsError('INVALID_ARGUMENT', `Cannot add ${nodeIds.length === 0 ? 'no node' : nodeIds.join(', ')}: ${next}`);
    }
    if (count + places.length > DATANODES_MAX) {
      throw new DfsError(
        'INVALID_ARGUMENT',
        `Cannot add ${places.length} datanodes to ${count}: a lab has ${DATANODES_MAX} at most`,
      );
    }
    return places;
  }

  /** Adds a datanode without a process. @param place of `newPlaces` @param address host:port */
  add({ role, ordinal }: NodePlace, address: string): ManagedNode {
    const node = makeNode(role, ordinal, this.#options, this.host);
    node.setAddress(address);
    this.#datanodes.push(node);
    this.#all.push(node);
    return node;
  }

  /** Adds the clone of a datanode, without a process and without an address. */
  addClone(source: ManagedNode): ManagedNode {
    const { dir, onSpawn } = this.#options;
    const id = `${source.id}-clone`;
    const clone = new ManagedNode({
      // Beyond all datanodes: a host address of its own.
      place: { id, role: 'datanode', ordinal: DATANODES_MAX + source.place.ordinal },
      rack: source.rack,
      dataDir: join(dir, id),
      log: join(dir, 'logs', `${id}.log`),
      host: this.host,
      onChange: () => undefined,
      onSpawn,
    });
    this.clones.add(clone);
    return clone;
  }

  infos(role: NodeRole): NodeInfo[] {
    return (role === 'master' ? this.masters : this.datanodes).map((node) => node.info);
  }

  /** Addresses of the masters. */
  get masterAddresses(): string[] {
    return this.masters.map((node) => node.address);
  }

  /** Of the nodes of a role, by id. */
  folders(role: NodeRole): Map<string, FolderDisk> {
    return new Map((role === 'master' ? this.masters : this.datanodes).map((node) => [node.id, new FolderDisk(node.dataDir)]));
  }

  /** True for a node that has a process which may answer. */
  isAwake(nodeId: string): boolean {
    return this.all.some((node) => node.id === nodeId && node.isAwake);
  }

  /** Each once. @throws DfsError INVALID_ARGUMENT for an unknown name, or none */
  named(action: FaultAction, nodeIds: readonly string[]): ManagedNode[] {
    assertKnownNames(
      action,
      nodeIds,
      this.all.map((node) => node.id),
    );
    return [...new Set(nodeIds)].flatMap((id) => this.all.filter((node) => node.id === id));
  }
}

const namesOf = (places: readonly NodePlace[]): string => places.map(({ id }) => id).join(', ');

/** Tells whether a master's folder says who it is: identity.json is the last thing that a master writes when it makes a cluster. */
export const hasIdentity = (node: ManagedNode): boolean => existsSync(join(node.dataDir, 'identity.json'));

function makeNode(
  role: NodeRole,
  ordinal: number,
  { dir, shape, kept, onChange, onSpawn }: ClusterNodesOptions,
  host: NodeHost,
): ManagedNode {
  const id = `${role === 'master' ? 'm' : 'dn'}-${ordinal}`;
  return new ManagedNode({
    place: { id, role, ordinal },
    rack: kept?.nodes.find((node) => node.id === id)?.rack ?? `rack-${((ordinal - 1) % shape.racks) + 1}`,
    dataDir: join(dir, id),
    log: join(dir, 'logs', `${id}.log`),
    host,
    onChange: (exit) => onChange(id, exit),
    onSpawn,
  });
}
