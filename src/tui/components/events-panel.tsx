/** The event log: the newest lines that fit, newest last. Only failures may take several lines, because they say what to do. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { formatTimeOfDay } from '../model/format.js';
import type { LogLine } from '../model/log-lines.js';
import type { Theme } from '../model/theme.js';
import { PanelHeading } from './panel-heading.js';

interface EventsPanelProps {
  readonly log: readonly LogLine[];
  readonly theme: Theme;
  /** Number of lines without the heading. */
  readonly rows: number;
}

export function EventsPanel({ log, theme, rows }: EventsPanelProps): ReactElement {
  return (
    <Box flexDirection="column" height={rows + 1} flexShrink={0} overflow="hidden">
      <PanelHeading theme={theme} focused={false}>
        <Text {...theme.dim}>EVENTS</Text>
      </PanelHeading>
      <Box flexDirection="column" height={rows} flexShrink={0} justifyContent="flex-end" overflow="hidden">
        {log.slice(-Math.max(1, rows)).map((line) => (
          <Box key={line.id} flexShrink={0} paddingLeft={2}>
            <Box width={9} height={1} flexShrink={0}>
              <Text {...theme.dim}>{formatTimeOfDay(line.atMs)}</Text>
            </Box>
            <Text wrap={line.tone === 'bad' ? 'wrap' : 'truncate'}>
              <Text {...theme.tone[line.tone]}>{`${theme.symbols.tone[line.tone]} ${line.text}`}</Text>
              {line.times > 1 && <Text {...theme.dim}>{` (${line.times} times)`}</Text>}
            </Text>
          </Box>
        ))}
      </Box>
    </Box>
  );
}
