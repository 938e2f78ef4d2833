/** The whole screen for one state: exactly as many lines and columns as the terminal has. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { COLUMNS_MIN, planRows, ROWS_MIN } from '../layout.js';
import type { TuiState } from '../state.js';
import type { Theme } from '../theme.js';
import { ChunksPanel } from './chunks-panel.js';
import { CommandHint } from './command-hint.js';
import { EventsPanel } from './events-panel.js';
import { FaultsPanel } from './faults-panel.js';
import { Footer } from './footer.js';
import { Header } from './header.js';
import { Help } from './help.js';
import { NodesPanel } from './nodes-panel.js';
import { StatusLine } from './status-line.js';

export interface ScreenProps {
  readonly state: TuiState;
  readonly theme: Theme;
  /** Shown beside the cluster's id. */
  readonly profile: string | null;
  /** The lab's folder. */
  readonly dir: string;
}

export function Screen({ state, theme, profile, dir }: ScreenProps): ReactElement {
  const { columns, rows } = state;
  if (columns < COLUMNS_MIN || rows < ROWS_MIN) {
    return (
      <Box width={columns} height={rows} overflow="hidden" flexDirection="column">
        <Text>{`The terminal is ${columns}x${rows}; the lab needs ${COLUMNS_MIN}x${ROWS_MIN}, better 80x24. q quits.`}</Text>
      </Box>
    );
  }
  const { nodes = [], faults = [] } = state.status ?? {};
  const plan = planRows(rows, nodes.length, faults.length);
  const faultRows = plan.faults === 0 ? 0 : plan.faults + 1;
  return (
    <Box width={columns} height={rows} overflow="hidden" flexDirection="column">
      <Header state={state} theme={theme} profile={profile} />
      {state.helpOpen ? (
        <Help theme={theme} columns={columns} rows={plan.nodes + plan.chunks + faultRows + plan.events + 3} />
      ) : (
        <>
          <NodesPanel state={state} theme={theme} rows={plan.nodes} />
          <ChunksPanel state={state} theme={theme} rows={plan.chunks} />
          <FaultsPanel faults={faults} theme={theme} columns={columns} rows={plan.faults} />
          <EventsPanel log={state.log} theme={theme} rows={plan.events} />
        </>
      )}
      <StatusLine state={state} theme={theme} dir={dir} />
      {state.command === null ? (
        <Footer columns={columns} theme={theme} />
      ) : (
        <CommandHint state={state} command={state.command} theme={theme} />
      )}
    </Box>
  );
}
