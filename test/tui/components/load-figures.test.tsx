import { render } from 'ink-testing-library';
import { expect, test } from 'vitest';
import type { SteadyLoadStatus } from '../../../src/supervisor/api/steady-load.js';
import { LoadFigures } from '../../../src/tui/components/load-figures.js';
import { StatusLine } from '../../../src/tui/components/status-line.js';
import { reduce } from '../../../src/tui/model/reducer.js';
import { initialState } from '../../../src/tui/model/state.js';
import { createTheme } from '../../../src/tui/model/theme.js';

const THEME = createTheme({ colors: false, unicode: false });
const LOAD: SteadyLoadStatus = {
  isOn: true,
  type: 'many-small',
  clients: 4,
  sinceMs: 1,
  operations: 900,
  errors: 3,
  bytes: 5_000,
  opsPerSecond: 19.6,
  errorsPerSecond: 0.2,
  bytesPerSecond: 2_048,
  p50Ms: 4.25,
  p99Ms: 87.3,
  lastError: 'nobody there',
  broken: 0,
  lastBroken: '',
};

test('LoadFigures: one line of what is answered, how fast, and what fails; broken guarantees first', () => {
  const shown = render(<LoadFigures load={LOAD} theme={THEME} />).lastFrame();
  expect(shown).toBe('load many-small x4 20 ops/s, 2K/s, p50 4.3 p99 87 ms, 0.2 errors/s');
  const broken = { ...LOAD, broken: 1, lastBroken: 'no-corruption: /x', p50Ms: null };
  const told = render(<LoadFigures load={broken} theme={THEME} />).lastFrame();
  expect(told?.replace(/\n/g, ' ')).toMatch(/^1 broken guarantee: no-corruption: \/x load many-small x4/);
});

test('StatusLine: shows a load that is on, and one that is off only where it saw a promise broken', () => {
  const line = (load: SteadyLoadStatus): string =>
    render(<StatusLine state={reduce(initialState(100, 24), { type: 'load', load })} theme={THEME} dir="/lab" />).lastFrame() ??
    '';
  expect(line(LOAD)).toContain('load many-small');
  expect(line({ ...LOAD, isOn: false })).toContain('files in /lab');
  expect(line({ ...LOAD, isOn: false, broken: 2 })).toContain('2 broken guarantees');
});
