/** The whole screen for one state: exactly as many lines and columns as the terminal has. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { linesBelow, type CommandPrompt } from '../model/command-prompt.js';
import { COLUMNS_MIN, ROWS_MIN } from '../model/layout.js';
import { panelRows } from '../model/reducer.js';
import type { TuiState } from '../model/state.js';
import type { Theme } from '../model/theme.js';
import { ChunksPanel } from './chunks-panel.js';
import { CommandHint } from './command-hint.js';
import { EventsPanel } from './events-panel.js';
import { FaultsPanel } from './faults-panel.js';
import { Footer } from './footer.js';
import { Header } from './header.js';
import { Help } from './help.js';
import { NodesPanel } from './nodes-panel.js';
import { StatusLine } from './status-line.js';

/** An error in a command ends with advice: two lines are usually enough. */
const HINT_ROWS_MAX = 3;

function hintLines(state: TuiState, command: CommandPrompt, rows: number): readonly string[] {
  const { markedIds, cursorId, columns, vocabulary } = state;
  const nodes = markedIds.length > 0 ? markedIds.join(' ') : (cursorId ?? '');
  return linesBelow(command, vocabulary, { columns, rows }, nodes);
}

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
  const { faults = [] } = state.status ?? {};
  const plan = panelRows(state);
  // Further lines below the prompt are taken from the events.
  const below = state.command === null ? [] : hintLines(state, state.command, Math.min(HINT_ROWS_MAX, plan.events));
  const hintRows = Math.max(0, below.length - 1);
  const faultRows = plan.faults === 0 ? 0 : plan.faults + 1;
  return (
    <Box width={columns} height={rows} overflow="hidden" flexDirection="column">
      <Header state={state} theme={theme} profile={profile} />
      {state.helpOpen ? (
        <Help theme={theme} columns={columns} rows={plan.nodes + plan.chunks + faultRows + plan.events + 3 - hintRows} />
      ) : (
        <>
          <NodesPanel state={state} theme={theme} rows={plan.nodes} />
          <ChunksPanel state={state} theme={theme} rows={plan.chunks} />
          <FaultsPanel faults={faults} theme={theme} columns={columns} rows={plan.faults} />
          <EventsPanel log={state.log} theme={theme} rows={plan.events - hintRows} />
        </>
      )}
      <StatusLine state={state} theme={theme} dir={dir} />
      {state.command === null ? (
        <Footer columns={columns} theme={theme} />
      ) : (
        <CommandHint command={state.command} lines={below} theme={theme} />
      )}
    </Box>
  );
}
