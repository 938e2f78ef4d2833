import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { main } from '../../../src/cli/lab.js';
import { CONDITION_PATTERN, parseCondition } from '../../../src/lab/scenario/model/expression.js';
import { parseScenario } from '../../../src/lab/scenario/grammar/parse-scenario.js';
import { schemaJson } from '../../../src/lab/scenario/schema/scenario-schema.js';
import { scenarioYaml } from '../../../src/lab/scenario/grammar/scenario-yaml.js';
import { scenarios } from './arbitrary-scenario.js';

const ROOT = join(import.meta.dirname, '../../..');
const SHIPPED = readFileSync(join(ROOT, 'schema/scenario.schema.json'), 'utf8');
/** As any editor would: no keyword of ours, and the schema itself checked. */
const accepts = new Ajv({ strictTypes: false, allowUnionTypes: true }).compile(JSON.parse(SHIPPED) as object);

test('scenario-schema: the file that ships is the schema that the lab uses', () => {
  expect(SHIPPED).toBe(schemaJson());
});

test('lab schema prints it', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await main('lab', ['schema']);
    expect(write.mock.calls.map(([text]) => text).join('')).toBe(SHIPPED);
  } finally {
    write.mockRestore();
  }
});

test('scenario-schema accepts every example, and every example names it for editors', () => {
  const folder = join(ROOT, 'examples');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
    const text = readFileSync(join(folder, file), 'utf8');
    expect({ file, fits: accepts(parse(text)), errors: accepts.errors }).toEqual({ file, fits: true, errors: null });
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../schema/scenario.schema.json');
  }
});

test('scenario-schema accepts every scenario that the lab writes', () => {
  fc.assert(
    fc.property(scenarios, (scenario) => {
      expect({ fits: accepts(parse(scenarioYaml(scenario))), errors: accepts.errors }).toEqual({ fits: true, errors: null });
    }),
    { numRuns: 50 },
  );
});

const VALUES = [
  null,
  true,
  0,
  -1,
  1.5,
  7,
  'kill',
  '5s',
  '1.5ms',
  '-5s',
  '1-8MiB',
  '50/s',
  'dn-1',
  'nonsense',
  '',
  [],
  {},
  ['kill'],
];

/** A document with one value or key of it changed, wherever it stands. */
function mutated(document: unknown, pick: (count: number) => number): unknown {
  if (typeof document !== 'object' || document === null || pick(4) === 0) return VALUES[pick(VALUES.length)];
  const entries = Object.entries(document as Record<string, unknown>);
  const index = pick(entries.length + 1);
  const changed = entries.map(([key, value], at) => [key, at === index ? mutated(value, pick) : value] as const);
  if (Array.isArray(document)) return changed.map(([, value]) => value);
  if (index < entries.length && pick(3) === 0) changed.splice(index, 1);
  if (index === entries.length) changed.push(['timeout', '5s']);
  return Object.fromEntries(changed);
}

test('parseScenario never throws, and takes nothing that the schema refuses, whatever is done to a scenario', () => {
  let refused = 0;
  fc.assert(
    fc.property(scenarios, fc.array(fc.nat(1_000), { minLength: 12, maxLength: 12 }), (scenario, chance) => {
      let drawn = 0;
      const pick = (count: number): number => (chance[drawn++ % chance.length] ?? 0) % count;
      const document = mutated(parse(scenarioYaml(scenario)), pick);
      // JSON is YAML.
      const { ok } = parseScenario(JSON.stringify(document), 'fallback');
      const fits = accepts(document);
      if (!fits) refused += 1;
      expect(ok && !fits).toBe(false);
    }),
    { numRuns: 200 },
  );
  expect(refused).toBeGreaterThan(40);
});

test('CONDITION_PATTERN matches exactly what parseCondition reads', () => {
  const pattern = new RegExp(CONDITION_PATTERN, 'u');
  const space = fc.constantFrom('', ' ', '\t ');
  const metric = fc.constantFrom('missing', 'live', 'mising', '');
  const operator = fc.constantFrom('==', '=', '>', '>=', '=>', '');
  const number = fc.constantFrom('0', '12', '-1', '1.5', '1'.repeat(15), '1'.repeat(16), '');
  fc.assert(
    fc.property(fc.tuple(space, metric, space, operator, space, number, space), (parts) => {
      const text = parts.join('');
      expect(pattern.test(text)).toBe(parseCondition(text).ok);
    }),
    { numRuns: 2_000 },
  );
  expect(pattern.test('missing == 0')).toBe(true);
});
