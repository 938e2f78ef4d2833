import { expect, test } from 'vitest';
import { TraceLines } from '../../../src/lab/simulation/trace-line.js';

const event = (place: string, what: string) => ({ timeMs: 1_234.5, place, what });

test('TraceLines: tells calls and their answers by name, without the machinery of connections', () => {
  const lines = new TraceLines();
  expect(lines.line(event('client-1>m-1', 'call client-1:50000>m-1:7000 #3 /a.B/CreateFile 91:ff'))).toBe(
    '    1.234500s  client-1 > m-1        call CreateFile #3 (91 bytes)',
  );
  expect(lines.line(event('m-1>client-1', 'result m-1:7000>client-1:50000 #3 8:1'))).toMatch(/answer CreateFile #3 \(8 bytes\)$/);
  expect(lines.line(event('dn-1>dn-2', 'bytes dn-1:50001>dn-2:7100 65536'))).toMatch(/65536 bytes to dn-2:7100$/);
  expect(lines.line(event('dn-1', 'log.warn lost it {"a":1}'))).toMatch(/dn-1 +log\.warn lost it/);
  expect(lines.line(event('dn-1>dn-2', 'credit dn-1:50001>dn-2:7100 65536'))).toBeNull();
  expect(lines.line(event('dn-1', 'disk.sync master.log'))).toBeNull();
});

test('TraceLines: a filter keeps lines that contain it, and tells what happens inside machines too', () => {
  const lines = new TraceLines('dn-1');
  expect(lines.line(event('dn-1', 'disk.sync x'))).toMatch(/dn-1 +disk\.sync x$/);
  expect(lines.line(event('dn-2', 'disk.sync x'))).toBeNull();
});
