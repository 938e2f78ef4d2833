import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FaultSpec } from '../../../src/supervisor/api/fault.js';
import { parseFaultCommand } from '../../../src/lab/scenario/grammar/command-line.js';
import type { ScenarioCluster, Step } from '../../../src/lab/scenario/model/scenario.js';

const CLUSTER: ScenarioCluster = {
  masters: 3,
  datanodes: 5,
  racks: 2,
  replication: 3,
  chunkSizeBytes: 4_194_304,
  profile: 'fast',
};

function step(text: string): Step {
  const parsed = parseFaultCommand(text, CLUSTER);
  if (!('step' in parsed)) throw new Error(JSON.stringify(parsed.problems));
  return parsed.step;
}

const ALL = { kind: 'all' } as const;
const COMMANDS: readonly (readonly [text: string, fault: FaultSpec, rest: Partial<Step>])[] = [
  [
    'delay dn-1 delay=50ms jitter=10ms direction=to target=m-1,m-2 duration=10s',
    { action: 'delay', delayMs: 50, jitterMs: 10, direction: 'to' },
    { selector: { names: ['dn-1'] }, target: { names: ['m-1', 'm-2'] }, durationMs: 10_000, mode: ALL },
  ],
  [
    'kill role=datanode mode=fixed value=2',
    { action: 'kill' },
    { selector: { roles: ['datanode'] }, mode: { kind: 'fixed', count: 2 } },
  ],
  ['kill dn-1 dn-2', { action: 'kill' }, { selector: { names: ['dn-1', 'dn-2'] } }],
  ['  pause   is=leader ', { action: 'pause' }, { selector: { is: 'leader' } }],
  ['eio dn-2 calls=sync percent=50', { action: 'eio', calls: 'sync', percent: 50 }, { selector: { names: ['dn-2'] } }],
  [
    'eio m-1 calls=write target=log offset=64KiB',
    { action: 'eio', calls: 'write', percent: 100, file: 'log', offsetBytes: 65_536 },
    {},
  ],
  ['slow-cpu dn-3 percent=80', { action: 'slow-cpu', percent: 80 }, { selector: { names: ['dn-3'] } }],
  ['slow dn-1 delay=20ms', { action: 'slow', delayMs: 20 }, {}],
  [
    'partition role=master shape=halves',
    { action: 'partition', kind: 'stall', shape: 'halves', direction: 'both' },
    { selector: { roles: ['master'] } },
  ],
  [
    'partition dn-1 target-role=master target-state=live',
    { action: 'partition', kind: 'stall', direction: 'both' },
    { target: { roles: ['master'], states: ['live'] } },
  ],
  ['jump m-1 by=1h', { action: 'jump', offsetMs: 3_600_000 }, {}],
  ['drift m-1 ppm=-500', { action: 'drift', ppm: -500 }, {}],
  ['fill dn-1 free=4096', { action: 'fill', freeBytes: 4_096 }, {}],
  ['add', { action: 'add' }, { mode: { kind: 'fixed', count: 1 } }],
  ['add value=3', { action: 'add' }, { mode: { kind: 'fixed', count: 3 } }],
  ['wipe dn-4', { action: 'wipe' }, {}],
  ['wipe dn-4 force=yes', { action: 'wipe', force: 'yes' }, {}],
  ['heal', { action: 'heal' }, { mode: ALL }],
  ['heal dn-1', { action: 'heal' }, { selector: { names: ['dn-1'] } }],
  ['bitflip holds=/a/b mode=one', { action: 'bitflip', file: 'chunk' }, { selector: { holds: '/a/b' }, mode: { kind: 'one' } }],
  ['bitflip holds="/a file"', { action: 'bitflip', file: 'chunk' }, { selector: { holds: '/a file' } }],
  ['kill in-pipeline mode=one', { action: 'kill' }, { selector: { inPipeline: true } }],
  ['kill state=live,stale rack=rack-2', { action: 'kill' }, { selector: { states: ['live', 'stale'], racks: ['rack-2'] } }],
];

test.each(COMMANDS)('parseFaultCommand reads: %s', (text, fault, rest) => {
  expect(step(text)).toMatchObject({ atMs: 0, fault, ...rest });
});

const MISTAKES: readonly (readonly [text: string, column: number, message: RegExp])[] = [
  ['', 1, /^say what to do \(kill, powercut, .*drift\)$/],
  ['kil dn-1', 1, /^unknown action "kil": did you mean "kill"\?$/],
  ['loss dn-1', 1, /^"loss" is refused: a byte stream has no loss/],
  ['kill', 1, /^kill needs nodes: names such as dn-1, or one of name=, role=/],
  ['kill dn-1 dn-9', 11, /^unknown node "dn-9": this cluster has m-1 to m-3 and dn-1 to dn-5$/],
  ['kill role=datanod', 11, /^unknown role "datanod": did you mean "datanode"\?$/],
  ['kill rack=rack-1,rack-7', 18, /^unknown rack "rack-7"/],
  ['delay dn-1 dealy=50ms', 12, /^unknown key "dealy" in "network": did you mean "delay"\?$/],
  ['delay dn-1', 1, /^network action delay needs "delay"$/],
  ['delay dn-1 delay=50', 18, /^"delay": "50" is not a duration/],
  ['delay dn-1 delay=2m', 18, /^"delay" is 120s: it must be from 1ms to 60s$/],
  ['slow-cpu dn-1 percent=100', 23, /^"percent" is 100: it must be from 1 to 99$/],
  ['kill mode=one dn-1', 15, /^"dn-1" stands after "mode=one": names come first/],
  ['kill dn-1 mode=', 11, /^"mode=" is half a word/],
  ['kill dn-1 at=5s', 11, /^a command acts at once, and has no "at"$/],
  ['kill dn-1 name=dn-2', 11, /^"name" stands twice/],
  ['slow dn-1 delay=5ms delay=6ms', 21, /^"delay" stands twice/],
  ['bitflip holds="/a', 15, /^the quote opened here is not closed$/],
  ['heal dn-1 duration=5s', 20, /^"duration" of heal: there is nothing to undo$/],
  ['add value=46', 11, /^the cluster would then have 51 datanodes: 50 at most$/],
  ['add role=datanode', 5, /^"add" has no "selector"/],
  ['partition dn-1 dn-2 shape=ring', 11, /^shape ring divides 3 nodes or more, and 2 are chosen at most$/],
  ['partition role=master shape=ring target=dn-1', 34, /^"target" requires the shape group/],
  ['truncate dn-1 target=log', 10, /^only masters have a log, and the selector matches none$/],
];

test.each(MISTAKES)('parseFaultCommand says what is wrong with: %s', (text, column, message) => {
  const parsed = parseFaultCommand(text, CLUSTER);
  expect('problems' in parsed && parsed.problems[0]).toMatchObject({ column, message: expect.stringMatching(message) as string });
});

describe('parseFaultCommand never throws', () => {
  test('whatever words it is given', () => {
    const words = fc.constantFrom(
      ...[
        'kill',
        'add',
        'partition',
        'eio',
        'dn-1',
        'm-1',
        'target=m-1',
        'target-is=leader',
        'target.',
        '=',
        'value=2',
        'mode=fixed',
      ],
      ...[
        'shape=ring',
        'percent=5',
        'selector=dn-1',
        'action=kill',
        '__proto__=1',
        'in-pipeline=no',
        'name=,',
        '"',
        "'",
        'lot=7',
      ],
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 8 }), (typed) => {
        const parsed = parseFaultCommand(typed.join(' '), CLUSTER);
        expect('step' in parsed || parsed.problems.length > 0).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
