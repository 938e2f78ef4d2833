/** The active faults: one line each, newest last; hidden without active faults. */
import { Box } from 'ink';
import type { ReactElement } from 'react';
import type { ActiveFaultView } from '../../supervisor/api/lab-faults.js';
import { formatLeft, printable } from '../model/format.js';
import type { Theme } from '../model/theme.js';
import { Cell } from './cell.js';
import { PanelHeading } from './panel-heading.js';

interface FaultsPanelProps {
  readonly faults: readonly ActiveFaultView[];
  readonly theme: Theme;
  readonly columns: number;
  /** Number of lines without the heading; 0: no fault is active. */
  readonly rows: number;
}

const MARGIN = 4;
const ID_WIDTH = 5;
const EFFECTS_WIDTH = 10;
const LEFT_WIDTH = 8;

export function FaultsPanel({ faults, theme, columns, rows }: FaultsPanelProps): ReactElement | null {
  if (rows === 0) return null;
  const shown = faults.slice(-rows);
  const count = shown.length < faults.length ? `, the last ${shown.length} of ${faults.length}` : '';
  const text = columns - MARGIN - ID_WIDTH - EFFECTS_WIDTH - LEFT_WIDTH;
  return (
    <Box flexDirection="column" height={rows + 1} flexShrink={0} overflow="hidden">
      <PanelHeading theme={theme} focused={false}>
        <Cell width={MARGIN - 2 + ID_WIDTH + text} text={`ACTIVE FAULTS${count}`} style={theme.dim} />
        <Cell width={EFFECTS_WIDTH} text="EFFECTS" style={theme.dim} align="right" />
        <Cell width={LEFT_WIDTH} text="LEFT" style={theme.dim} align="right" />
      </PanelHeading>
      {shown.map((fault) => (
        <Box key={fault.id} height={1} flexShrink={0} paddingLeft={MARGIN}>
          <Cell width={ID_WIDTH} text={`#${fault.id}`} style={theme.tone.warn} />
          <Cell width={text} text={printable(fault.text)} />
          <Cell width={EFFECTS_WIDTH} text={String(fault.effects)} align="right" style={fault.effects > 0 ? {} : theme.dim} />
          <Cell width={LEFT_WIDTH} text={fault.leftMs === undefined ? '-' : formatLeft(fault.leftMs)} align="right" />
        </Box>
      ))}
    </Box>
  );
}
