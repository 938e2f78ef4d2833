/** The help: all keys, and the meaning of the symbols. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { NodeState } from '../../supervisor/api/cluster-status.js';
import { BINDINGS } from '../model/key-map.js';
import type { Theme } from '../model/theme.js';
import { Cell } from './cell.js';

const STATE_MEANING: Readonly<Record<NodeState, string>> = {
  starting: 'no heartbeat yet',
  live: 'heartbeats arrive',
  stale: 'late: not written to',
  dead: 'silent: re-replicated',
  paused: 'suspended: no answers',
  stopped: 'not running',
};
const STATES: readonly NodeState[] = ['starting', 'live', 'stale', 'dead', 'paused', 'stopped'];

const SHOWN = BINDINGS.filter(({ help }) => help !== '');

/** Of 80x24, which has space for all bindings in two columns. */
const LEFT_BINDINGS = 13;
const KEY_WIDTH = 8;
const STATE_WIDTH = 11;

interface HelpProps {
  readonly theme: Theme;
  readonly columns: number;
  /** Number of lines. */
  readonly rows: number;
}

export function Help({ theme, columns, rows }: HelpProps): ReactElement {
  const { symbols } = theme;
  const left = Math.floor((columns - 2) * 0.44);
  const right = columns - 2 - left;
  const keys = [
    { width: left, bindings: SHOWN.slice(0, LEFT_BINDINGS) },
    { width: right, bindings: SHOWN.slice(LEFT_BINDINGS) },
  ];
  return (
    <Box flexDirection="column" height={rows} flexShrink={0} paddingLeft={2} overflow="hidden">
      <Text {...theme.accent}>HELP: keys and symbols</Text>
      <Box flexShrink={0}>
        {keys.map(({ width, bindings }) => (
          <Box key={bindings[0]?.action} flexDirection="column" width={width} flexShrink={0}>
            {bindings.map((binding) => (
              <Box key={binding.action} height={1} flexShrink={0}>
                <Cell width={KEY_WIDTH} text={binding.shown} style={theme.accent} />
                <Cell width={width - KEY_WIDTH} text={binding.help} />
              </Box>
            ))}
          </Box>
        ))}
      </Box>
      <Box height={STATES.length} flexShrink={0}>
        <Box flexDirection="column" width={left} flexShrink={0}>
          {STATES.map((state) => (
            <Box key={state} height={1} flexShrink={0}>
              <Cell width={STATE_WIDTH} text={`${symbols.state[state]} ${state}`} style={theme.state[state]} />
              <Cell width={left - STATE_WIDTH} text={STATE_MEANING[state]} />
            </Box>
          ))}
        </Box>
        <Box flexDirection="column" width={right} flexShrink={0}>
          <Cell width={right} text={`${symbols.cut} cut: its network is partitioned`} style={theme.tone.bad} />
          <Cell width={right} text={`${symbols.mark} marked with Space`} style={theme.accent} />
          <Cell width={right} text={`${symbols.tone.bad} missing: no replica can be read`} style={theme.tone.bad} />
          <Cell width={right} text={`${symbols.tone.warn} unrep.: not reported to a new leader yet`} style={theme.tone.warn} />
          <Cell width={right} text={`${symbols.tone.warn} under: fewer replicas than asked for`} style={theme.tone.warn} />
          <Cell width={right} text={`${symbols.tone.plain} over: more, until one is deleted`} />
          <Cell width={right} text={`${symbols.tone.good} ok: all replicas confirmed`} style={theme.tone.good} />
        </Box>
      </Box>
    </Box>
  );
}
