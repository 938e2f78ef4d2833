/** Reads a copy of the state into new tables; the state in use is replaced only when all of it is there and gives the right digest. */
import { SESSION_MUTATIONS_MAX } from '../../../shared/limits.js';
import type { Answer } from '../tables/answer.js';
import { damagedState } from './byte-reader.js';
import type { ByteReader } from './byte-reader.js';
import { DETACHED, Directory, FileInode, ROOT_ID } from '../tables/inode.js';
import type { Inode } from '../tables/inode.js';
import { KnownMaster } from '../tables/known-master.js';
import { KnownNode } from '../tables/known-node.js';
import { MasterState } from '../tables/master-state.js';
import type { StateRestore } from '../tables/replicated-state.js';
import { RecordParts } from './record-parts.js';
import { Session } from '../tables/session.js';
import { RECORD_KINDS, STATE_FORMAT } from './state-records.js';

/** As far as INDEX_LEAD_MAX lets the chunks of a file be apart. */
const CHUNK_HOLE_MAX = 1_024;

export class StateLoader implements StateRestore {
  readonly #state = new MasterState();
  readonly #parts = new RecordParts();
  /** Checks the digest and puts the state in place. */
  readonly #install: (state: MasterState, digest: string) => void;
  #count = 0;
  #lastKind = 0;
  #isComplete = false;
  #session: Session | null = null;
  /** Children that came before their directory, by its id. */
  readonly #waiting = new Map<number, Inode[]>();
  /** Length of the files' lists of chunks; those that have no chunk at the end get it in `finish`. */
  readonly #chunkCounts = new Map<number, number>();
  #lastInodeId = 0;
  #lastChunkId = 0;

  constructor(install: (state: MasterState, digest: string) => void) {
    this.#install = install;
  }

  add(bytes: Uint8Array): void {
    this.#parts.add(bytes);
    for (let record = this.#parts.next(); record !== null; record = this.#parts.next()) {
      this.#take(record.kind, record.body);
      record.body.assertEnd();
    }
  }

  finish(digest: string): void {
    if (!this.#isComplete) throw damagedState(`it is cut after ${this.#count} records`);
    if (this.#parts.restBytes > 0) throw damagedState('something follows its end');
    if (this.#waiting.size > 0) throw damagedState(`${this.#waiting.size} directories are missing`);
    const { tree, settings } = this.#state;
    if (settings !== null && tree.get(ROOT_ID)?.kind !== 'directory') throw damagedState('its root directory is missing');
    for (const [id, length] of this.#chunkCounts) {
      const file = tree.get(id);
      if (file?.kind === 'file') fillUp(file, length);
    }
    this.#install(this.#state, digest);
  }

  #take(kind: number, body: ByteReader): void {
    if (this.#isComplete) throw damagedState('a record follows its end');
    if ((kind === RECORD_KINDS.head) !== (this.#count === 0)) throw damagedState('it does not begin as one');
    this.#assertOrder(kind);
    switch (kind) {
      case RECORD_KINDS.head:
        this.#head(body);
        break;
      case RECORD_KINDS.master:
        this.#master(body);
        break;
      case RECORD_KINDS.node:
        this.#node(body);
        break;
      case RECORD_KINDS.session:
        this.#openSession(body);
        break;
      case RECORD_KINDS.answer:
        this.#answer(body);
        break;
      case RECORD_KINDS.directory:
        this.#directory(body);
        break;
      case RECORD_KINDS.file:
      case RECORD_KINDS.unfinished:
        this.#file(body, kind === RECORD_KINDS.unfinished);
        break;
      case RECORD_KINDS.purge:
        while (!body.isAtEnd) this.#purge(body.number());
        break;
      case RECORD_KINDS.chunk:
        this.#chunk(body);
        break;
      case RECORD_KINDS.end:
        if (body.number() !== this.#count) throw damagedState('records are missing');
        this.#isComplete = true;
        break;
      default:
        throw damagedState(`${kind} is no kind of record: it may be from a newer release`);
    }
    this.#count += 1;
  }

  /** Sessions come with their answers between them, inodes of all kinds by their ids; the rest one kind after another. */
  #assertOrder(kind: number): void {
    const group = (of: number): number =>
      of === RECORD_KINDS.answer
        ? RECORD_KINDS.session
        : of > RECORD_KINDS.directory && of < RECORD_KINDS.purge
          ? RECORD_KINDS.directory
          : of;
    if (group(kind) < group(this.#lastKind)) throw damagedState(`a record of kind ${kind} follows one of kind ${this.#lastKind}`);
    this.#lastKind = kind;
  }

  #head(body: ByteReader): void {
    const state = this.#state;
    const format = body.number();
    if (format !== STATE_FORMAT) throw damagedState(`its format is ${format}, only ${STATE_FORMAT} is known`);
    state.appliedIndex = body.number();
    state.term = body.number();
    state.logTimeMs = body.number();
    state.tree.nextId = body.number();
    state.chunks.nextId = body.number();
    state.sessions.nextId = body.number();
    state.nextIncarnation = body.number();
    if (!body.flag()) return;
    state.settings = {
      clusterId: body.text(),
      defaultReplication: body.number(),
      defaultChunkSizeBytes: body.number(),
      minReplicas: body.number(),
      sessionTimeoutMs: body.number(),
    };
    while (!body.isAtEnd) this.#skipped(body.number(), body.number());
  }

  #skipped(from: number, to: number): void {
    const { skippedIds, nextId } = this.#state.chunks;
    if (from <= (skippedIds.all.at(-1)?.to ?? 0) || to < from || to >= nextId) {
      throw damagedState(`chunk ids ${from} to ${to} cannot have been skipped`);
    }
    skippedIds.add(from, to);
  }

  #master(body: ByteReader): void {
    const master = new KnownMaster(body.text(), body.text(), body.number());
    if (this.#state.masters.has(master.id)) throw damagedState(`master "${master.id}" is there twice`);
    this.#state.putMaster(master);
  }

  #node(body: ByteReader): void {
    const node = new KnownNode(body.text(), body.text(), body.text(), body.text());
    if (this.#state.nodes.has(node.id)) throw damagedState(`datanode "${node.id}" is there twice`);
    this.#state.putNode(node);
  }

  #openSession(body: ByteReader): void {
    const { sessions } = this.#state;
    const session = new Session(body.number(), body.text(), body.number());
    session.ackedBelow = body.number();
    if (sessions.get(session.id) !== undefined || session.id >= sessions.nextId)
      throw damagedState(`session ${session.id} is there twice, or never was`);
    sessions.load(session);
    this.#session = session;
  }

  #answer(body: ByteReader): void {
    const session = this.#session;
    const sequence = body.number();
    if (session === null || session.answers.has(sequence) || session.answers.size >= SESSION_MUTATIONS_MAX) {
      throw damagedState(`answer ${sequence} belongs to no session`);
    }
    let answer: unknown;
    try {
      answer = JSON.parse(body.text());
    } catch {
      throw damagedState(`answer ${sequence} of session ${session.id} is not JSON`);
    }
    // The digest that `finish` checks covers its text, so it is what a master of this format wrote.
    this.#state.sessions.loadAnswer(session, sequence, answer as Answer);
  }

  #directory(body: ByteReader): void {
    const place = this.#place(body);
    const directory = new Directory(place.id, place.parentId, place.name, attributesOf(body));
    directory.modifiedMs = body.number();
    this.#state.tree.load(directory);
    this.#link(directory);
    for (const child of this.#waiting.get(directory.id) ?? []) this.#linkTo(directory, child);
    this.#waiting.delete(directory.id);
  }

  #file(body: ByteReader, isUnfinished: boolean): void {
    const place = this.#place(body);
    const attributes = attributesOf(body);
    const modifiedMs = body.number();
    const shape = { replication: body.number(), chunkSizeBytes: body.number() };
    const lengthBytes = body.number();
    const chunkCount = body.number();
    const pending = isUnfinished ? { sessionId: body.number(), overwrite: body.flag() } : null;
    const file = new FileInode(place.id, place, attributes, shape, pending);
    file.modifiedMs = modifiedMs;
    file.lengthBytes = lengthBytes;
    if (chunkCount > 0) this.#chunkCounts.set(file.id, chunkCount);
    if (pending !== null && file.parentId !== DETACHED) this.#loadUnfinished(file, pending.sessionId);
    this.#state.tree.load(file);
    if (pending === null) this.#link(file);
  }

  #loadUnfinished(file: FileInode, sessionId: number): void {
    const session = this.#state.sessions.get(sessionId);
    if (session === undefined) throw damagedState(`the session of file ${file.id} is missing`);
    if (this.#state.tree.pendingAt(file.parentId, file.name) !== undefined) throw damagedState(`file ${file.id} has two writers`);
    session.pendingFiles.add(file.id);
  }

  /** What all inodes begin with. */
  #place(body: ByteReader): { readonly id: number; readonly parentId: number; readonly name: string } {
    const place = { id: body.number(), parentId: body.number(), name: body.text() };
    if (place.id <= this.#lastInodeId || place.id >= this.#state.tree.nextId) {
      throw damagedState(`inode ${place.id} follows inode ${this.#lastInodeId} of ${this.#state.tree.nextId}`);
    }
    if (place.parentId === place.id) throw damagedState(`inode ${place.id} is in itself`);
    this.#lastInodeId = place.id;
    return place;
  }

  /** Puts an inode into its directory, now or when that comes. */
  #link(inode: Inode): void {
    if (inode.parentId === DETACHED) return;
    const parent = this.#state.tree.get(inode.parentId);
    if (parent?.kind === 'file') throw damagedState(`inode ${inode.id} is in a file`);
    if (parent !== undefined) {
      this.#linkTo(parent, inode);
      return;
    }
    const waiting = this.#waiting.get(inode.parentId);
    if (waiting === undefined) this.#waiting.set(inode.parentId, [inode]);
    else waiting.push(inode);
  }

  #linkTo(parent: Directory, inode: Inode): void {
    if (parent.children.has(inode.name)) throw damagedState(`directory ${parent.id} has two entries "${inode.name}"`);
    this.#state.tree.loadChild(parent, inode);
  }

  #purge(id: number): void {
    const inode = this.#state.tree.get(id);
    if (inode?.parentId !== DETACHED) throw damagedState(`inode ${id} does not wait to be forgotten`);
    this.#state.tree.loadDiscarded(inode);
  }

  #chunk(body: ByteReader): void {
    const image = {
      id: body.number(),
      fileId: body.number(),
      index: body.number(),
      version: body.number(),
      reserved: body.number(),
      lengthBytes: body.number(),
      visible: body.flag(),
    };
    const { tree, chunks } = this.#state;
    if (image.id <= this.#lastChunkId || image.id >= chunks.nextId)
      throw damagedState(`chunk ${image.id} follows chunk ${this.#lastChunkId}`);
    this.#lastChunkId = image.id;
    const file = tree.get(image.fileId);
    if (file?.kind !== 'file') throw damagedState(`chunk ${image.id} is of no file`);
    const count = this.#chunkCounts.get(file.id);
    // Complete once its last chunk is there: the rest of them fill its holes.
    if (image.index >= (count ?? file.chunkIds.length) || (file.chunkIds[image.index] ?? 0) !== 0) {
      throw damagedState(`file ${file.id} has no place for chunk ${image.id}`);
    }
    fillUp(file, image.index);
    file.chunkIds[image.index] = image.id;
    if (file.chunkIds.length === count) this.#chunkCounts.delete(file.id);
    chunks.load(image, file.replication);
  }
}

function attributesOf(body: ByteReader) {
  return { owner: body.text(), group: body.text(), mode: body.number(), createdMs: body.number() };
}

/** Makes a list of chunks this long at least. */
function fillUp(file: FileInode, length: number): void {
  if (length > file.chunkIds.length + CHUNK_HOLE_MAX) throw damagedState(`file ${file.id} has chunks too far apart`);
  while (file.chunkIds.length < length) file.chunkIds.push(0);
}
