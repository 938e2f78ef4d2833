/** The line above the footer: the input, running puts and orders, the steady load, or the place of the node under the cursor. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { formatBytes, printable } from '../model/format.js';
import type { PutState, TuiState } from '../model/state.js';
import type { Theme } from '../model/theme.js';
import { barCells } from '../model/view-model.js';
import { EditedLine } from './edited-line.js';
import { LoadFigures } from './load-figures.js';

interface StatusLineProps {
  readonly state: TuiState;
  readonly theme: Theme;
  /** The lab's folder. */
  readonly dir: string;
}

export function StatusLine({ state, theme, dir }: StatusLineProps): ReactElement {
  return (
    <Box height={1} flexShrink={0} paddingLeft={1} paddingRight={1} overflow="hidden">
      <StatusContent state={state} theme={theme} dir={dir} />
    </Box>
  );
}

function StatusContent({ state, theme, dir }: StatusLineProps): ReactElement {
  const node = state.status?.nodes.find(({ id }) => id === state.cursorId);
  if (state.prompt !== null) {
    return <EditedLine line={state.prompt} theme={theme} label="Put local file: " hint=" Enter alone: a sample of 8M; Esc: no" />;
  }
  if (state.command !== null) return <EditedLine line={state.command.line} theme={theme} label=":" hint="" />;
  if (state.asked !== null)
    return (
      <Text wrap="truncate" {...theme.tone.warn}>
        {state.asked.question}
      </Text>
    );
  if (state.puts.length > 0) return <Puts puts={state.puts} theme={theme} />;
  if (state.pending.length > 0) {
    const labels = state.pending.map((command) => command.label).join(', ');
    return <Text wrap="truncate" {...theme.accent}>{`in progress: ${printable(labels)}`}</Text>;
  }
  if (state.load !== null && (state.load.isOn || state.load.broken > 0)) return <LoadFigures load={state.load} theme={theme} />;
  const where = node === undefined ? '' : `${node.id} at ${node.address}, `;
  return <Text wrap="truncate-middle" {...theme.dim}>{`${where}files in ${printable(dir)}`}</Text>;
}

const BAR_WIDTH = 20;

function Puts({ puts, theme }: { readonly puts: readonly PutState[]; readonly theme: Theme }): ReactElement {
  const doneBytes = puts.reduce((sum, put) => sum + put.doneBytes, 0);
  const totalBytes = puts.reduce((sum, put) => sum + put.totalBytes, 0);
  const share = totalBytes > 0 ? Math.min(1, doneBytes / totalBytes) : 0;
  const full = barCells(share, BAR_WIDTH);
  return (
    <>
      <Box flexShrink={0}>
        <Text {...theme.accent}>{'put '}</Text>
        <Text {...theme.tone.good}>{theme.symbols.barFull.repeat(full)}</Text>
        <Text {...theme.dim}>{theme.symbols.barEmpty.repeat(BAR_WIDTH - full)}</Text>
        <Text>{` ${String(Math.floor(share * 100)).padStart(3)}% ${formatBytes(doneBytes)}/${formatBytes(totalBytes)} `}</Text>
      </Box>
      <Text wrap="truncate">{puts.map((put) => put.label).join(', ')}</Text>
    </>
  );
}
