import { expect, test } from 'vitest';
import { FramePainter } from '../../src/tui/frame-painter.js';

function painting(): { painter: FramePainter; written: string[] } {
  const written: string[] = [];
  return { painter: new FramePainter((text) => written.push(text)), written };
}

test('FramePainter: writes only lines that changed, each at its place, in one write', () => {
  const { painter, written } = painting();
  painter.paint('one\ntwo\nthree', 24);
  painter.paint('one\nTWO\nthree', 24);
  expect(written).toHaveLength(2);
  expect(written[1]).toBe('\u001B[?2026h\u001B[2;1H\u001B[2KTWO\u001B[0m\u001B[?2026l');
});

test('FramePainter: writes nothing for an equal frame, and clears lines that are gone', () => {
  const { painter, written } = painting();
  painter.paint('one\ntwo', 24);
  painter.paint('one\ntwo', 24);
  expect(written).toHaveLength(1);
  painter.paint('one', 24);
  expect(written[1]).toContain('\u001B[2;1H\u001B[2K');
});

test('FramePainter: never writes below the terminal, and no line end', () => {
  const { painter, written } = painting();
  painter.paint(Array.from({ length: 40 }, (_, at) => `line ${at}`).join('\n'), 24);
  expect(written.join('')).toContain('\u001B[24;1H');
  expect(written.join('')).not.toContain('\u001B[25;1H');
  expect(written.join('')).not.toMatch(/[\r\n]/);
});

test('FramePainter: after invalidate the frame is painted whole on a cleared screen', () => {
  const { painter, written } = painting();
  painter.paint('one\ntwo', 24);
  painter.invalidate();
  painter.paint('one\ntwo', 24);
  expect(written[1]).toBe(written[0]);
  expect(written[1]).toContain('\u001B[2J');
});
