/**
 * A group that does what a script says, step by step, and tells what happens: for the golden traces in testdata. No faults, no
 * time and no chance but what the script orders: a tick, an fsync, a delivery is a line.
 */
import { DEFAULT_CONFIG, longestLeaseTicks } from '../../src/raft/config.js';
import { bootstrapState } from '../../src/raft/bootstrap.js';
import { RaftNode } from '../../src/raft/raft-node.js';
import type { EntryId, Members, Message, Output, Refused } from '../../src/raft/types.js';
import { bodyOf, describeMembers } from './sim/judge.js';
import { SimDisk } from './sim/sim-disk.js';
import { describe, describeWrite } from './sim/trace-line.js';

const ELECTION_TICKS = 5;
/** Each machine has another election timeout: m1 one of 5 ticks, m2 of 6, m3 of 7. */
const SPREAD = 0.2;
const PIECE_BYTES = 4;

interface Machine {
  incarnation: number;
  disk: SimDisk;
  /** Null: down. */
  node: RaftNode | null;
  applied: number;
}

export class ScriptedGroup {
  readonly #machines = new Map<string, Machine>();
  #onTheWay: Message[] = [];
  readonly #cut = new Set<string>();
  #lines: string[] = [];
  #leaseTicks = 0;

  /** Carries out one command. @returns what happened, a line each */
  run(command: string): string[] {
    const [verb = '', id = '', ...rest] = command.split(' ');
    this.#lines = [];
    if (verb === 'group') this.#found(Number(id), rest[0] === 'leases');
    else if (verb === 'spare') this.#addMachine(id, []);
    else if (verb === 'deliver') this.#deliver();
    else if (verb === 'stabilize') this.#stabilize();
    else if (verb === 'heal') this.#cut.clear();
    else this.#order(verb, id, rest);
    return this.#lines;
  }

  #found(count: number, hasLeases: boolean): void {
    if (hasLeases) this.#leaseTicks = longestLeaseTicks(ELECTION_TICKS);
    const members = Array.from({ length: count }, (_, i) => ({ id: `m${i + 1}`, incarnation: 1, isVoter: true }));
    for (const { id } of members) this.#addMachine(id, members);
  }

  #addMachine(id: string, members: Members): void {
    const machine = {
      incarnation: 1,
      disk: new SimDisk(bootstrapState({ id, incarnation: 1 }, members)),
      node: null,
      applied: 0,
    };
    this.#machines.set(id, machine);
    this.#start(id, machine);
  }

  #start(id: string, machine: Machine): void {
    const self = { id, incarnation: machine.incarnation };
    const random = (): number => SPREAD * (Number(id.slice(1)) - 1);
    const limits = { electionTicks: ELECTION_TICKS, leaseTicks: this.#leaseTicks, appendBytesMax: 200 };
    const config = { ...DEFAULT_CONFIG, ...limits, self, random };
    machine.node = new RaftNode(config, machine.disk.read());
    machine.applied = machine.disk.stored?.snapshot.index ?? 0;
  }

  #machine(id: string): Machine {
    const machine = this.#machines.get(id);
    if (machine === undefined) throw new Error(`there is no machine "${id}"`);
    return machine;
  }

  #order(verb: string, id: string, [first = '', second = '1']: readonly string[]): void {
    const machine = this.#machine(id);
    const { node } = machine;
    switch (verb) {
      case 'cut':
        this.#cut.add(id);
        return;
      case 'crash':
        machine.disk.crash(() => 0);
        machine.node = null;
        return;
      case 'wipe':
        machine.incarnation += 1;
        machine.disk = new SimDisk(bootstrapState({ id, incarnation: machine.incarnation }, []));
        this.#start(id, machine);
        return;
      case 'rot':
        machine.disk.crash(() => 0);
        machine.disk.rot(Number(first));
        this.#start(id, machine);
        return;
      case 'restart':
        this.#start(id, machine);
        return;
      case 'fsync':
        this.#fsync(id, machine);
        return;
    }
    if (node === null) throw new Error(`${id} is down`);
    const { term } = node.status;
    if (verb === 'campaign') while (node.status.role === 'follower' && node.status.term === term) node.tick();
    else if (verb === 'tick') for (let i = 0; i < Number(first); i += 1) node.tick();
    else if (verb === 'propose') this.#answer(id, node.propose(new TextEncoder().encode(first)));
    else if (verb === 'read') this.#answer(id, node.readIndex(Number(first)));
    else if (verb === 'transfer') this.#answer(id, node.transferTo(first));
    else if (verb === 'add')
      this.#answer(id, node.proposeChange({ kind: 'add-learner', id: first, incarnation: Number(second) }));
    else if (verb === 'promote') this.#answer(id, node.proposeChange({ kind: 'promote', id: first }));
    else if (verb === 'remove') this.#answer(id, node.proposeChange({ kind: 'remove', id: first }));
    else if (verb === 'checkpoint') this.#checkpoint(id, machine, node);
    else throw new Error(`what is "${verb}"?`);
    this.#drain(id, machine);
  }

  #answer(id: string, answer: EntryId | Refused | null): void {
    if (answer === null) return;
    if ('refused' in answer) this.#lines.push(`${id} refuses: ${answer.refused}, the leader is ${answer.leaderId}`);
    else this.#lines.push(`${id} takes it as ${answer.index}/${answer.term}`);
  }

  #checkpoint(id: string, machine: Machine, node: RaftNode): void {
    const index = machine.applied;
    const term = node.entryAt(index)?.term ?? 0;
    const snapshot = { index, term, id: `s${index}`, members: node.membersAt(index) };
    machine.disk.checkpoint({ snapshot, data: new TextEncoder().encode(`state at ${index}`) });
    node.compact(index);
    this.#lines.push(`${id} has a checkpoint of ${index}/${term}: ${describeMembers(snapshot.members)}`);
  }

  #fsync(id: string, machine: Machine): void {
    if (machine.node === null || machine.disk.isIdle) return;
    const number = machine.disk.lastWritten;
    machine.disk.fsynced(number);
    this.#lines.push(`${id} fsync #${number}`);
    machine.node.persisted(number);
    this.#drain(id, machine);
  }

  #deliver(): void {
    const messages = this.#onTheWay;
    this.#onTheWay = [];
    for (const message of messages) {
      const { from, to } = message;
      const machine = this.#machines.get(to.id);
      if (machine === undefined || machine.node === null || this.#cut.has(from.id) || this.#cut.has(to.id)) {
        this.#lines.push(`lost: ${describe(message)}`);
        continue;
      }
      machine.node.step(message);
      this.#drain(to.id, machine);
    }
  }

  #stabilize(): void {
    for (let rounds = 0; rounds < 100; rounds += 1) {
      for (const [id, machine] of this.#machines) this.#fsync(id, machine);
      if (this.#onTheWay.length === 0 && [...this.#machines.values()].every(({ disk }) => disk.isIdle)) return;
      this.#deliver();
    }
    throw new Error('The group does not come to rest');
  }

  #drain(id: string, machine: Machine): void {
    for (let isBusy = true; isBusy && machine.node !== null;) {
      const output = machine.node.takeOutput();
      this.#tell(id, machine, machine.node, output);
      isBusy = output.pieceRequests.length > 0;
    }
  }

  #tell(id: string, machine: Machine, node: RaftNode, output: Output): void {
    const { write, messages, committed, reads, lostReads, reports, storePieces, pieceRequests } = output;
    for (const { offset, data } of storePieces) this.#lines.push(`${id} stores ${data.byteLength} bytes at ${offset}`);
    if (write !== null) {
      this.#lines.push(`${id} writes ${describeWrite(write)}`);
      machine.disk.write(write, new Uint8Array(0));
      machine.applied = Math.max(machine.applied, write.snapshot?.index ?? 0);
    }
    for (const message of messages) this.#lines.push(describe(message));
    this.#onTheWay.push(...messages);
    for (const { to, offset } of pieceRequests) {
      const { stored } = machine.disk;
      if (stored === null) continue;
      const data = stored.data.slice(offset, offset + PIECE_BYTES);
      node.providePiece(to, {
        snapshot: stored.snapshot,
        offset,
        data,
        isLast: offset + data.byteLength >= stored.data.byteLength,
      });
    }
    for (const entry of committed) this.#lines.push(`${id} applies ${entry.index}/${entry.term} ${bodyOf(entry)}`);
    machine.applied = committed.at(-1)?.index ?? machine.applied;
    for (const { context, index } of reads) this.#lines.push(`${id} may serve read ${context} from ${index} on`);
    for (const context of lostReads) this.#lines.push(`${id} gives up read ${context}`);
    for (const report of reports) {
      const known = report.kind === 'out-of-range' ? report.reason : `known is ${report.expected}`;
      this.#lines.push(`${id} reports ${report.kind}, ${known}: ${describe(report.message)}`);
    }
  }
}
