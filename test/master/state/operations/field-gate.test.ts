import { expect, test } from 'vitest';
import { FieldGate } from '../../../../src/master/state/operations/field-gate.js';
import { decodeEntryData, encodeEntryData } from '../../../../src/master/state/operations/log-entry.js';
import { LOG_FIELDS, OPERATION_MESSAGES } from '../../../../src/master/state/operations/log-fields.js';
import type { LogFieldRow, LogFieldTable } from '../../../../src/master/state/operations/log-fields.js';
import type { LogOperation } from '../../../../src/master/state/operations/log-operation.js';
import { HIGHEST_OPERATION, OPERATIONS } from '../../../../src/master/state/operations/operations.js';
import { DEFINITIONS } from '../../../../src/protocol/generated/definitions.js';

interface Definition {
  readonly fields: Readonly<Record<string, { readonly type: string }>>;
}

const types = (DEFINITIONS as { nested: { distrifs: { nested: { v1: { nested: Record<string, Definition | undefined> } } } } })
  .nested.distrifs.nested.v1.nested;

/** The messages below one, itself included. */
function messagesOf(name: string): string[] {
  const fields = Object.values(types[name]!.fields);
  return [name, ...fields.flatMap(({ type }) => (types[type]?.fields === undefined ? [] : messagesOf(type)))];
}

test('LOG_FIELDS: has each message below an entry of the log, with the fields and their messages as the .proto files have them', () => {
  expect(Object.keys(LOG_FIELDS).toSorted()).toEqual([...new Set(messagesOf('LogEntry'))].toSorted());
  for (const [name, rows] of Object.entries(LOG_FIELDS)) {
    const fields = Object.entries(types[name]!.fields).filter(([field]) => name !== 'LogEntry' || !(field in OPERATIONS));
    const declared = Object.entries<LogFieldRow>(rows).map(([field, { message }]) => [field, message]);
    const inProto = fields.map(([field, { type }]) => [field, types[type]?.fields === undefined ? undefined : type]);
    expect(Object.fromEntries(declared), name).toEqual(Object.fromEntries(inProto));
  }
  for (const [name, message] of Object.entries(OPERATION_MESSAGES)) expect(types.LogEntry!.fields[name]!.type).toBe(message);
});

test('LOG_FIELDS: the numbers of fields that came later than what masters announce are those of their releases', () => {
  const late = Object.entries(LOG_FIELDS).flatMap(([message, rows]) =>
    Object.entries<LogFieldRow>(rows).flatMap(([field, { since }]) => (since > 24 ? [`${since} ${message}.${field}`] : [])),
  );
  expect(late.toSorted()).toEqual([
    '25 LogEntry.highestField',
    '25 OpenSessionEntry.skippedIds',
    '27 CreateFileRequest.firstChunk',
    '27 CreatePlannedEntry.assign',
    '27 CreatePlannedEntry.create',
    '27 FirstChunk.expectedBytes',
    '27 FirstChunk.localNodeId',
    '28 CompleteFileRequest.onlyChunk',
    '28 WrittenChunk.chunkId',
    '28 WrittenChunk.fromVersion',
    '28 WrittenChunk.nodeIds',
    '28 WrittenChunk.toVersion',
  ]);
  // A number is an operation's or that of fields: a master that says it knows both.
  expect(Object.values(OPERATIONS).map(({ code }) => code)).not.toContain(25);
});

const address = (nodeId: string) => ({ nodeId, address: `${nodeId}:1` });
const header = { clusterId: 'c', sessionId: 1, sequence: 1, ackedBelow: 1 };
const request = { header, fileId: 1, index: 0, excludedNodeIds: [], localNodeId: '', expectedBytes: 0 };
const assign: LogOperation = {
  operation: 'assignChunk',
  assignChunk: { request, term: 1, versionStamp: 5, pipeline: [address('dn-1'), address('dn-2')] },
};

/** As if the address of a pipeline's nodes had come with a later release. */
function gateWith(row: Omit<LogFieldRow, 'message'>): FieldGate {
  const table: LogFieldTable = { ...LOG_FIELDS, NodeAddress: { ...LOG_FIELDS.NodeAddress, address: row } };
  return new FieldGate(table);
}
const memberAt = (known: number) => (since: number) => (known < since ? 'm-3' : undefined);

test('FieldGate: what all members know goes on unchanged, marked with the highest number of what is set', () => {
  const gate = gateWith({ since: 30 });
  expect(gate.fit(assign, memberAt(30))).toEqual({ operation: assign, highestField: 30 });
  const unset: LogOperation = { ...assign, assignChunk: { ...assign.assignChunk, pipeline: [{ nodeId: 'dn-1', address: '' }] } };
  expect(gate.fit(unset, memberAt(29))).toEqual({ operation: unset, highestField: 0 });
});

test('FieldGate: a field that an older member would pass over is refused by name, or left out at any depth', () => {
  expect(() => gateWith({ since: 30 }).fit(assign, memberAt(29))).toThrow(
    expect.objectContaining({
      code: 'NOT_AVAILABLE_YET',
      nodeId: 'm-3',
      message: expect.stringContaining('the field "pipeline.address" of the operation "assignChunk"') as string,
    }),
  );
  const { operation, highestField } = gateWith({ since: 30, without: 'leave out' }).fit(assign, memberAt(29));
  const entry = decodeEntryData(1, encodeEntryData({ ...operation, logTimeMs: 1, wallTimeMs: 1 }));
  expect(entry.assignChunk?.pipeline).toEqual([
    { nodeId: 'dn-1', address: '' },
    { nodeId: 'dn-2', address: '' },
  ]);
  expect([highestField, entry.assignChunk?.versionStamp]).toEqual([0, 5]);
});

test('decodeEntryData: a field of a newer release ends the master, as an operation of one does', () => {
  const rename: LogOperation = { operation: 'rename', rename: { header, fromPath: '/a', toPath: '/b', keepsLimits: true } };
  const encoded = (highestField: number) => encodeEntryData({ ...rename, highestField, logTimeMs: 1, wallTimeMs: 1 });
  expect(decodeEntryData(7, encoded(HIGHEST_OPERATION)).operation).toBe('rename');
  expect(() => decodeEntryData(7, encoded(HIGHEST_OPERATION + 1))).toThrow(
    expect.objectContaining({
      code: 'UNIMPLEMENTED',
      message: expect.stringContaining('of "rename", which this release') as string,
    }),
  );
});
