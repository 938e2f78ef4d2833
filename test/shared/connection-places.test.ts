import { expect, test } from 'vitest';
import { ConnectionPlaces, type Place } from '../../src/shared/connection-places.js';

/** Takes places for connections of one host, and notes which of them give way. */
function crowd(places: ConnectionPlaces, host: string, count: number, gone: string[]): (Place | null)[] {
  return Array.from({ length: count }, (_, n) => places.take(`${host}:${n + 1}`, () => void gone.push(`${host}:${n + 1}`)));
}

test('ConnectionPlaces: connections at rest give way, those of the address with the most first, and the longest at rest of these', () => {
  const gone: string[] = [];
  const places = new ConnectionPlaces(8);
  const [few] = crowd(places, 'few', 2, gone);
  const many = crowd(places, 'many', 6, gone);
  many[0]!.inUse();
  many[1]!.inUse();
  many[1]!.atRest();
  expect(places.take('new:1', () => undefined)).not.toBeNull();
  expect(gone).toEqual(['many:3']);
  for (const place of many) place!.leave();
  few!.leave();
  expect(places.size).toBe(2);
});

test('ConnectionPlaces: one in use never gives way; when all are, a new one is refused', () => {
  const gone: string[] = [];
  const places = new ConnectionPlaces(4);
  for (const place of [...crowd(places, 'a', 2, gone), ...crowd(places, 'b', 2, gone)]) place!.inUse();
  expect(places.take('c:1', () => undefined)).toBeNull();
  expect(gone).toEqual([]);
});

test('ConnectionPlaces: one address leaves a quarter of the places to others, and loopback may have all', () => {
  const gone: string[] = [];
  const places = new ConnectionPlaces(4);
  for (const place of crowd(places, '10.0.0.1', 3, gone)) place!.inUse();
  expect(places.take('10.0.0.1:9', () => undefined)).toBeNull();
  expect(places.take('10.0.0.2:9', () => undefined)).not.toBeNull();
  const local = new ConnectionPlaces(4);
  for (const place of crowd(local, '127.0.0.1', 4, gone)) place!.inUse();
  expect([local.size, gone]).toEqual([4, []]);
});
