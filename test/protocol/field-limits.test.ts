import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as dataHeaders from '../../src/protocol/data-headers.js';
import { FieldLimitError } from '../../src/protocol/field-limits/check-message.js';
import { FIELD_LIMITS } from '../../src/protocol/field-limits/field-limits.js';
import type { FieldRow, StringRow, WireMessageName } from '../../src/protocol/field-limits/field-rows.js';
import { DEFINITIONS } from '../../src/protocol/generated/definitions.js';
import { wireCodec } from '../../src/protocol/messages.js';
import { bindService, bindStreams, ClusterService, DataNodeService, MasterService } from '../../src/protocol/services.js';
import { NamespaceService, RaftService, RaftStreamService } from '../../src/protocol/services.js';
import { DfsError, isDfsError } from '../../src/shared/errors.js';
import { ID_BYTES_MAX, MIB, PATH_BYTES_MAX, REPORT_PART_REPLICAS, TERM_MAX } from '../../src/shared/limits.js';

type Plain = Record<string, unknown>;
interface FieldDefinition {
  readonly type: string;
  readonly rule?: string;
}
interface Definition {
  readonly fields?: Readonly<Record<string, FieldDefinition>>;
  readonly oneofs?: Readonly<Record<string, { readonly oneof: readonly string[] }>>;
  readonly values?: Readonly<Record<string, number>>;
  readonly methods?: Readonly<Record<string, { readonly requestType: string; readonly responseType: string }>>;
}

/** What proto/ says. */
const definitions = (DEFINITIONS as { nested: { distrifs: { nested: { v1: { nested: Record<string, Definition> } } } } }).nested
  .distrifs.nested.v1.nested;
const SERVICES = { NamespaceService, DataNodeService, ClusterService, MasterService, RaftService };
const names = Object.keys(FIELD_LIMITS) as WireMessageName[];
const rowsOf = (name: WireMessageName): Readonly<Record<string, FieldRow>> => FIELD_LIMITS[name];

/** Which members exclude each other. */
const oneofOf = (name: string, field: string) =>
  Object.entries(definitions[name]?.oneofs ?? {}).find(([, { oneof }]) => oneof.includes(field));

function textOf({ format }: StringRow, bytes: number): string {
  return format === 'address' && bytes > 0 ? `${'h'.repeat(bytes - 2)}:1` : 'a'.repeat(bytes);
}

/** The smallest message within its limits. */
function smallest(name: WireMessageName): Plain {
  const message: Plain = {};
  for (const [field, row] of Object.entries(rowsOf(name))) {
    if (row.kind === 'message' && row.isRequired) message[field] = smallest(row.name);
    if (row.kind === 'string' && row.bytesMin > 0) message[field] = textOf(row, 3);
    if (row.kind === 'integer' && row.min > 0) message[field] = row.min;
    if (row.kind === 'enum') message[field] = Object.keys(row.allowed).find((value) => row.allowed[value]);
    if (row.kind !== 'oneof' || !row.isRequired) continue;
    const member = definitions[name]!.oneofs![field]!.oneof[0]!;
    const memberRow = rowsOf(name)[member]!;
    message[member] = memberRow.kind === 'message' ? smallest(memberRow.name) : within(memberRow)[0];
  }
  return message;
}

const elementOf = (row: FieldRow): unknown => (row.kind === 'message' ? smallest(row.name) : within(row)[0]);

/** Values at the limits of a row. */
function within(row: FieldRow): unknown[] {
  switch (row.kind) {
    case 'string':
      return [textOf(row, row.bytesMax), textOf(row, row.bytesMin === 0 ? 0 : 3)];
    case 'bytes':
      return [new Uint8Array(row.bytesMax), new Uint8Array(row.bytesMin)];
    case 'integer':
      return [row.max, row.min];
    case 'bool':
      return [true, false];
    case 'enum':
      return Object.keys(row.allowed).filter((value) => row.allowed[value]);
    case 'list':
      return [Array.from({ length: row.countMax }, () => elementOf(row.element)), []];
    case 'message':
      return [smallest(row.name)];
    case 'oneof':
      return [];
  }
}

/** Values just beyond them, and values of another form. A number that a uint64 cannot carry cannot come. */
function beyond(row: FieldRow): unknown[] {
  switch (row.kind) {
    case 'string': {
      const malformed = { any: [], label: ['a\nb'], id: ['a b', '-a', 'ä', '../a'], address: ['host', 'host:65536', 'h o:1'] };
      return [...malformed[row.format], ...(row.bytesMin === 0 ? [] : ['']), textOf(row, row.bytesMax + 1)];
    }
    case 'bytes':
      return [new Uint8Array(row.bytesMax + 1), ...(row.bytesMin === 0 ? [] : [new Uint8Array(row.bytesMin - 1)])];
    case 'integer':
      return [...(row.max < 0xffff_ffff || row.max > 2 ** 32 ? [row.max + 1] : []), ...(row.min === 0 ? [] : [row.min - 1])];
    case 'enum':
      return [...Object.keys(row.allowed).filter((value) => row.allowed[value] === false), 99];
    case 'list':
      return [Array.from({ length: row.countMax + 1 }, () => elementOf(row.element))];
    case 'message':
      return row.isRequired ? [null] : [];
    case 'bool':
    case 'oneof':
      return [];
  }
}

/** A message whose one field has this value; other members of its oneof are left out. */
function withField(name: WireMessageName, field: string, value: unknown): Plain {
  const members = oneofOf(name, field)?.[1].oneof ?? [];
  const rest = Object.entries(smallest(name)).filter(([key]) => !members.includes(key));
  return { ...Object.fromEntries(rest), [field]: value };
}

const codecs = new Map(names.map((name) => [name, wireCodec<Plain, Plain>(name, 'request')]));
const received = (name: WireMessageName, message: Plain): Plain => {
  const codec = codecs.get(name)!;
  return codec.decode(codec.encode(message));
};

function refusal(action: () => unknown): FieldLimitError | null {
  try {
    action();
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(FieldLimitError);
    return error as FieldLimitError;
  }
}

test('FIELD_LIMITS: has every message of every RPC, every data plane header, and every field of them as proto/ has it', () => {
  const sent = Object.values(definitions).flatMap(({ methods = {} }) =>
    Object.values(methods).flatMap(({ requestType, responseType }) => [requestType, responseType]),
  );
  expect(sent.length).toBeGreaterThan(50);
  expect(names).toEqual(
    expect.arrayContaining([...sent, 'WriteOpen', 'WriteReady', 'WriteAck', 'WriteCommitted', 'ReadOpen', 'ReadHeader']),
  );
  for (const name of names) {
    const { fields = {}, oneofs = {} } = definitions[name]!;
    expect(Object.keys(rowsOf(name)).toSorted(), name).toEqual([...Object.keys(fields), ...Object.keys(oneofs)].toSorted());
    for (const [field, { type, rule }] of Object.entries(fields)) {
      let row = rowsOf(name)[field]!;
      if (rule === 'repeated') {
        expect(row.kind, `${name}.${field}`).toBe('list');
        row = row.kind === 'list' ? row.element : row;
      }
      const integers = ['uint32', 'uint64'];
      const kind = integers.includes(type)
        ? 'integer'
        : type in definitions
          ? definitions[type]!.values
            ? 'enum'
            : 'message'
          : type;
      expect(row.kind, `${name}.${field}`).toBe(kind);
      if (row.kind === 'message') expect(row.name).toBe(type);
      if (row.kind === 'enum')
        expect(Object.keys(row.allowed).toSorted()).toEqual(Object.keys(definitions[type]!.values!).toSorted());
      if (row.kind === 'integer')
        expect(row.max, `${name}.${field}`).toBeLessThanOrEqual(type === 'uint32' ? 0xffff_ffff : Number.MAX_SAFE_INTEGER);
    }
  }
});

test('FIELD_LIMITS: no message contains itself, so that checking one ends', () => {
  const visit = (name: WireMessageName, above: readonly string[]): void => {
    expect(above).not.toContain(name);
    for (const row of Object.values(rowsOf(name))) {
      const inner = row.kind === 'list' ? row.element : row;
      if (inner.kind === 'message') visit(inner.name, [...above, name]);
    }
  };
  for (const name of names) visit(name, []);
});

test.each(names)('%s: every field is taken at its limit, and refused beyond it by its name', (name) => {
  expect(refusal(() => received(name, smallest(name)))).toBeNull();
  for (const [field, row] of Object.entries(rowsOf(name))) {
    for (const value of within(row)) {
      const error = refusal(() => received(name, withField(name, field, value)));
      expect(error?.message, `${name}.${field} at its limit`).toBeUndefined();
    }
    for (const value of beyond(row)) {
      const error = refusal(() => received(name, withField(name, field, value)));
      expect(error, `${name}.${field} beyond its limit`).toMatchObject({ messageName: name, retriable: false });
      // A field that is far too long makes the whole message too long.
      expect([field, '']).toContain(error!.field);
      expect(error!.message).toContain(name);
      expect(error!.message.length).toBeLessThan(400);
    }
    if (row.kind === 'oneof' && row.isRequired) {
      const members = definitions[name]!.oneofs![field]!.oneof;
      const bare = Object.fromEntries(Object.entries(smallest(name)).filter(([key]) => !members.includes(key)));
      expect(refusal(() => received(name, bare))?.field).toBe(field);
    }
  }
});

test('services: both sides of every RPC are held to the table of their messages; who is asked says INVALID_ARGUMENT', async () => {
  for (const [service, methods] of Object.entries(SERVICES)) {
    for (const [method, { requestType, responseType }] of Object.entries(definitions[service]!.methods!)) {
      const rpc = (methods as unknown as Record<string, { [side: string]: (value: never) => never }>)[method]!;
      const seen: unknown[] = [];
      const bindings = bindService(methods, {
        ...Object.fromEntries(Object.keys(methods).map((name) => [name, async () => ({})])),
        [method]: async (request: unknown) => void seen.push(request),
      } as never);
      const binding = bindings.find(({ path }) => path.endsWith(`/${method}`))!;
      const context = { peer: '', signal: new AbortController().signal };
      for (const [side, type] of [
        ['Request', requestType],
        ['Response', responseType],
      ] as const) {
        const name = type as WireMessageName;
        const planted = Object.entries(rowsOf(name)).flatMap(([field, row]) =>
          beyond(row)
            .slice(0, 1)
            .map((value) => ({ field, value })),
        );
        const [first] = planted;
        if (first === undefined) continue;
        const bytes = codecs.get(name)!.encode(withField(name, first.field, first.value));
        const code = side === 'Request' ? /INVALID_ARGUMENT|NAME_TOO_LONG/ : /PROTOCOL_ERROR/;
        const error = refusal(() => rpc[`decode${side}`]!(bytes as never));
        expect(error?.code, `${method} ${side}`).toMatch(code);
        expect(error?.messageName).toBe(name);
        if (side === 'Request')
          await expect(binding.handle(bytes, context)).rejects.toMatchObject({ messageName: name, retriable: false });
      }
      expect(seen).toEqual([]);
    }
  }
});

test('streams: a message is held to the table, and refused before the handler', async () => {
  const seen: unknown[] = [];
  const [binding] = bindStreams(RaftStreamService, { Deliver: async (batch) => void seen.push(batch) });
  const context = { peer: '', signal: new AbortController().signal };
  const take = (message: Plain) => binding!.handle(codecs.get('RaftBatch')!.encode(message), context);
  for (const [field, row] of Object.entries(rowsOf('RaftBatch'))) {
    for (const value of beyond(row).slice(0, 1)) {
      const refused = { code: 'INVALID_ARGUMENT', messageName: 'RaftBatch', retriable: false };
      await expect(take(withField('RaftBatch', field, value)), field).rejects.toMatchObject(refused);
    }
  }
  expect(seen).toEqual([]);
  await take(smallest('RaftBatch'));
  expect(seen).toHaveLength(1);
});

test('decode: a message that cannot be within its limits is refused before it is decoded', () => {
  const replica = { chunkId: 1, version: 1, lengthBytes: 1, state: 'COMMITTED' as const };
  const node = { nodeId: 'dn-1', incarnation: 'x' };
  const rest = DataNodeService.BlockReport.encodeRequest({ node, parts: 1 });
  const one = DataNodeService.BlockReport.encodeRequest({ replicas: [replica] });
  const report = (count: number): Uint8Array => Buffer.concat([rest, ...Array.from({ length: count }, () => one)]);
  expect(DataNodeService.BlockReport.decodeRequest(report(REPORT_PART_REPLICAS)).replicas).toHaveLength(REPORT_PART_REPLICAS);
  const decode = (bytes: Uint8Array) => refusal(() => DataNodeService.BlockReport.decodeRequest(bytes));
  expect(decode(report(REPORT_PART_REPLICAS + 1))).toMatchObject({
    field: 'replicas',
    message: `BlockReportRequest.replicas may have ${REPORT_PART_REPLICAS} entries, not ${REPORT_PART_REPLICAS + 1}`,
  });
  expect(decode(report(300_000))).toMatchObject({ code: 'INVALID_ARGUMENT', field: '', messageName: 'BlockReportRequest' });
  expect(decode(new Uint8Array(4 * MIB).fill(0xff))?.message).toMatch(/BlockReportRequest may have \d+ bytes/);
});

test('decode: the error names the field in nested messages and lists, and shows a piece of the value', () => {
  const long = 'x'.repeat(MIB);
  const register = (node: Plain, address: string) =>
    refusal(() =>
      DataNodeService.RegisterDataNode.decodeRequest(DataNodeService.RegisterDataNode.encodeRequest({ node, address })),
    );
  expect(register({ nodeId: 'a/b', incarnation: 'x' }, 'dn-1:1')).toMatchObject({
    code: 'INVALID_ARGUMENT',
    field: 'node.nodeId',
  });
  expect(register({ nodeId: 'dn-1', incarnation: 'x' }, long)?.message.length).toBeLessThan(200);
  expect(register({ nodeId: 'dn-1', incarnation: 'x' }, 'x'.repeat(300))?.message).toBe(
    `RegisterDataNodeRequest.address may have 260 bytes, not 300: "${'x'.repeat(60)}"…`,
  );
  const member = { id: 'm-1', incarnation: 1 };
  const entry = (data: Uint8Array) => ({ index: 5, term: 1, data });
  const messages = [
    { from: member, to: member, term: 1, timeoutNow: {} },
    { from: member, to: member, term: 1, append: { previous: { index: 4, term: 1 }, entries: [entry(new Uint8Array(0))] } },
  ];
  const step = (batch: readonly Plain[]) =>
    refusal(() => RaftService.Step.decodeRequest(RaftService.Step.encodeRequest({ senderLife: 'l', messages: [...batch] })));
  expect(step(messages)?.field).toBe('messages[1].append.entries[0].data');
  expect(step([{ from: member, to: member, term: TERM_MAX + 1, timeoutNow: {} }])?.field).toBe('messages[0].term');
  expect(step([{ from: member, to: member, term: 1, heartbeat: { commit: 2 ** 52 + 1 } }])?.field).toBe(
    'messages[0].heartbeat.commit',
  );
  expect(step([{ from: member, to: member, term: 1, heartbeat: { commit: 1e12 } }])).toBeNull();
});

test('decode: a path that is too long is NAME_TOO_LONG, as one with a long name; bytes count, not characters', () => {
  const info = (path: string) =>
    refusal(() => NamespaceService.GetFileInfo.decodeRequest(NamespaceService.GetFileInfo.encodeRequest({ path })));
  expect(info(`/${'ä'.repeat((PATH_BYTES_MAX - 2) / 2)}b`)).toBeNull();
  expect(info(`/${'ä'.repeat(PATH_BYTES_MAX / 2)}`)).toMatchObject({ code: 'NAME_TOO_LONG', field: 'path' });
});

test('headers of frames: those that open a conversation are refused as arguments, those that answer as errors of the protocol', () => {
  const pipeline = Array.from({ length: 16 }, (_, at) => ({ nodeId: `dn-${at}`, address: `dn-${at}:1` }));
  const open = { chunkId: 1, version: 1, purpose: 'REPAIR' as const, nodeId: 'dn-1' };
  const bodyOf = (frame: Uint8Array): Uint8Array => frame.subarray(6);
  const write = dataHeaders.writeOpen;
  expect(write.decode(bodyOf(write.encode({ ...open, downstream: pipeline.slice(1) }))).downstream).toHaveLength(15);
  expect(refusal(() => write.decode(bodyOf(write.encode({ ...open, downstream: pipeline }))))).toMatchObject({
    code: 'INVALID_ARGUMENT',
    field: 'downstream',
  });
  const ready = dataHeaders.writeReady;
  const nodeIds = ['x'.repeat(ID_BYTES_MAX + 1)];
  expect(refusal(() => ready.decode(bodyOf(ready.encode({ nodeIds }))))).toMatchObject({
    code: 'PROTOCOL_ERROR',
    field: 'nodeIds[0]',
  });
  const long = new DfsError('INTERNAL', 'ä'.repeat(MIB));
  expect(dataHeaders.errorFrame.decode(bodyOf(dataHeaders.errorFrame.encode(long))).message).toHaveLength(2_000);
});

/** Any value that a field can carry over the wire. */
function anyValue(type: string, depth: number): fc.Arbitrary<unknown> {
  const definition = definitions[type];
  if (definition?.values !== undefined) return fc.oneof(fc.constantFrom(...Object.keys(definition.values)), fc.nat());
  if (definition !== undefined) return depth === 0 ? fc.constant(null) : anyMessage(type, depth - 1);
  switch (type) {
    case 'string':
      return fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.constantFrom('', 'a', 'a:1', 'x'.repeat(10_000)));
    case 'bytes':
      return fc.uint8Array({ maxLength: 50 });
    case 'bool':
      return fc.boolean();
    case 'uint32':
      return fc.integer({ min: 0, max: 0xffff_ffff });
    default:
      return fc.oneof(fc.nat(5), fc.maxSafeNat(), fc.constantFrom(2 ** 52, 2 ** 53, 2 ** 63));
  }
}

const arbitraries = new Map<string, fc.Arbitrary<Plain>>();

function anyMessage(name: string, depth: number): fc.Arbitrary<Plain> {
  const key = `${name} ${depth}`;
  const made = arbitraries.get(key) ?? makeArbitrary(name, depth);
  arbitraries.set(key, made);
  return made;
}

function makeArbitrary(name: string, depth: number): fc.Arbitrary<Plain> {
  const fields = Object.entries(definitions[name]!.fields ?? {}).map(([field, { type, rule }]) => {
    const value = anyValue(type, depth);
    return [
      field,
      rule === 'repeated'
        ? fc.array(
            value.filter((each) => each !== null),
            { maxLength: 2 },
          )
        : value,
    ] as const;
  });
  return fc.record(Object.fromEntries(fields), { requiredKeys: [] });
}

test('decode: random messages and random bytes give a message within its limits or a DfsError, never anything else', () => {
  const anyBytes = fc.constantFrom(...names).chain((name) =>
    fc
      .oneof(
        anyMessage(name, 5).map((message) => codecs.get(name)!.encode(message)),
        fc.uint8Array({ maxLength: 300 }),
      )
      .map((bytes) => ({ name, bytes })),
  );
  let taken = 0;
  fc.assert(
    fc.property(anyBytes, ({ name, bytes }) => {
      try {
        codecs.get(name)!.decode(bytes);
        taken += 1;
      } catch (error) {
        expect(isDfsError(error, 'INVALID_ARGUMENT', 'NAME_TOO_LONG', 'PROTOCOL_ERROR')).toBe(true);
        expect((error as DfsError).retriable).toBe(false);
        expect((error as DfsError).message.length).toBeLessThan(500);
      }
    }),
    { numRuns: 1_000 },
  );
  expect(taken).toBeGreaterThan(100);
});
