import { expect, test } from 'vitest';
import { DfsError } from '../../src/shared/errors.js';
import { errorFrame, writeAck } from '../../src/protocol/data-headers.js';
import { messageCodec } from '../../src/protocol/messages.js';
import { bindService, ClusterService, DataNodeService, NamespaceService } from '../../src/protocol/services.js';

const context = { peer: 'test', signal: new AbortController().signal };

test('services: the names that the protocol promises', () => {
  expect(DataNodeService.RegisterDataNode.path).toBe('/distrifs.v1.DataNodeService/RegisterDataNode');
  expect(NamespaceService.GetChunkLocation.path).toBe('/distrifs.v1.NamespaceService/GetChunkLocation');
  expect(NamespaceService.AssignChunk.path).toBe('/distrifs.v1.NamespaceService/AssignChunk');
});

test('messages: what is left out has its default, oneofs name their member', () => {
  const bytes = NamespaceService.AssignChunk.encodeRequest({ fileId: 3, header: { sequence: 5 } });
  expect(NamespaceService.AssignChunk.decodeRequest(bytes)).toEqual({
    header: { clusterId: '', sessionId: 0, sequence: 5, ackedBelow: 0 },
    fileId: 3,
    index: 0,
    excludedNodeIds: [],
    localNodeId: '',
    expectedBytes: 0,
  });
  const reply = DataNodeService.PollCommands.encodeResponse({ commands: [{ commandId: 1, delete: { chunkId: 2, version: 3 } }] });
  expect(DataNodeService.PollCommands.decodeResponse(reply).commands[0]).toMatchObject({
    action: 'delete',
    delete: { chunkId: 2, version: 3 },
  });
});

test('messages: damage and integers beyond 2^53 are PROTOCOL_ERROR', () => {
  expect(() => NamespaceService.Rename.decodeRequest(new Uint8Array([0xff, 0xff, 0xff]))).toThrow(DfsError);
  const huge = Buffer.from('08ffffffffffffffff7f', 'hex');
  expect(() => writeAck.decode(huge)).toThrow(/WriteAck.receivedBytes .* beyond 2\^53/);
});

test('errorFrame: carries code, retriable, blame and message', () => {
  const sent = new DfsError('DATA_CORRUPT', 'Block 3 is bad', { nodeId: 'dn-2' });
  const received = errorFrame.decode(errorFrame.encode(sent).subarray(6));
  expect(received).toMatchObject({ code: 'DATA_CORRUPT', message: 'Block 3 is bad', nodeId: 'dn-2', retriable: true });
});

test('errorFrame: who holds a path is sent along, and an error of a release without that is read', () => {
  const sent = new DfsError('FILE_BUSY', 'Busy', { holder: 'put at h:1', freeAfterMs: 4_000 });
  expect(errorFrame.decode(errorFrame.encode(sent).subarray(6))).toMatchObject({ holder: 'put at h:1', freeAfterMs: 4_000 });
  const former = errorFrame.decode(messageCodec('ErrorDetail').encode({ code: 'FILE_BUSY', message: 'Busy' }));
  expect(former).toMatchObject({ code: 'FILE_BUSY', holder: undefined, freeAfterMs: undefined });
});

test('errorFrame: a code of a later version becomes INTERNAL and keeps its name', () => {
  const sent = messageCodec('ErrorDetail').encode({ code: 'FROM_THE_FUTURE', message: 'x', retriable: true });
  const received = errorFrame.decode(sent);
  expect(received).toMatchObject({ code: 'INTERNAL', message: 'FROM_THE_FUTURE: x', retriable: true });
});

test('bindService: decodes, handles, encodes; whatever a handler throws becomes a DfsError', async () => {
  const [status] = bindService(ClusterService, {
    GetClusterStatus: async () => ({ clusterId: 'c' }),
    RemoveDataNode: async () => ({}),
    ListChunks: async () => {
      throw new TypeError('boom');
    },
  });
  const reply = await status!.handle(ClusterService.GetClusterStatus.encodeRequest({}), context);
  expect(ClusterService.GetClusterStatus.decodeResponse(reply).clusterId).toBe('c');
  const [, list] = bindService(ClusterService, {
    GetClusterStatus: async () => ({}),
    RemoveDataNode: async () => ({}),
    ListChunks: async () => {
      throw new TypeError('boom');
    },
  });
  await expect(list!.handle(new Uint8Array(), context)).rejects.toMatchObject({
    code: 'INTERNAL',
    message: 'Call ListChunks failed: boom',
  });
  await expect(list!.handle(new Uint8Array([255]), context)).rejects.toMatchObject({ code: 'PROTOCOL_ERROR' });
});
