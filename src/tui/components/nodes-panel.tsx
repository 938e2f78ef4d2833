/** The nodes table: one line for each node, with the cursor and marks. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { NodeStatus } from '../../supervisor/api/cluster-status.js';
import { formatBytes, printable } from '../model/format.js';
import { NODE_MARGIN, planNodeColumns, windowAround, type NodeColumns } from '../model/layout.js';
import type { TuiState } from '../model/state.js';
import type { Theme } from '../model/theme.js';
import { barCells, memberText, roleText, usedShare } from '../model/view-model.js';
import { Cell } from './cell.js';
import { PanelHeading } from './panel-heading.js';

interface NodesPanelProps {
  readonly state: TuiState;
  readonly theme: Theme;
  /** Number of lines without the heading. */
  readonly rows: number;
}

export function NodesPanel({ state, theme, rows }: NodesPanelProps): ReactElement {
  const nodes = state.status?.nodes ?? [];
  const columns = planNodeColumns(state.columns, nodes);
  const at = Math.max(
    0,
    nodes.findIndex((node) => node.id === state.cursorId),
  );
  const shown = windowAround(at, nodes.length, rows);
  const focused = state.focus === 'nodes';
  const style = focused ? theme.accent : theme.dim;
  const hidden = shown.end - shown.start < nodes.length ? ` ${shown.start + 1}-${shown.end}/${nodes.length}` : '';
  const marked = state.markedIds.length > 0 ? `, ${state.markedIds.length} marked` : '';
  return (
    <Box flexDirection="column" height={rows + 1} flexShrink={0} overflow="hidden">
      <PanelHeading theme={theme} focused={focused}>
        <Cell width={NODE_MARGIN - 2 + columns.id + columns.role} text={`NODES${hidden}${marked}`} style={style} />
        <Cell width={columns.state} text="STATE" style={style} />
        <Cell width={columns.net} text="NET" style={style} />
        <Cell width={columns.rack} text="RACK" style={style} />
        <Cell width={columns.load} text="LOAD" style={style} />
        <Cell width={columns.replicas} text="REPL" style={style} align="right" />
        <Cell width={columns.pid} text="PID" style={style} align="right" />
      </PanelHeading>
      {nodes.slice(shown.start, shown.end).map((node) => (
        <NodeRow
          key={node.id}
          node={node}
          columns={columns}
          theme={theme}
          selected={node.id === state.cursorId}
          marked={state.markedIds.includes(node.id)}
        />
      ))}
    </Box>
  );
}

interface NodeRowProps {
  readonly node: NodeStatus;
  readonly columns: NodeColumns;
  readonly theme: Theme;
  readonly selected: boolean;
  readonly marked: boolean;
}

function NodeRow({ node, columns, theme, selected, marked }: NodeRowProps): ReactElement {
  const { symbols } = theme;
  const isMaster = node.role === 'master';
  const isLeader = node.member?.role === 'leader';
  const stateStyle = theme.state[node.state];
  return (
    <Box height={1} flexShrink={0}>
      <Text {...theme.accent}>{`${selected ? symbols.cursor : ' '} ${marked ? symbols.mark : ' '} `}</Text>
      <Cell width={columns.id} text={printable(node.id)} style={selected ? { ...theme.accent, inverse: true } : {}} />
      <Cell width={columns.role} text={roleText(node, symbols.leader)} style={isLeader ? theme.accent : theme.dim} />
      <Cell width={columns.state} text={`${symbols.state[node.state]} ${node.state}`} style={stateStyle} />
      <Cell width={columns.net} text={node.partitioned ? `${symbols.cut} cut` : ''} style={theme.tone.bad} />
      <Cell width={columns.rack} text={isMaster ? '' : printable(node.rack)} />
      {node.member !== null ? (
        <Cell width={columns.load} text={memberText(node.member, columns.load)} />
      ) : (
        <Load node={node} width={columns.load} theme={theme} />
      )}
      <Cell width={columns.replicas} text={isMaster ? '' : String(node.replicaCount)} align="right" />
      <Cell width={columns.pid} text={pidText(node)} align="right" style={theme.dim} />
    </Box>
  );
}

/** Empty for a thread, which has no process of its own. */
function pidText({ pid, state }: NodeStatus): string {
  if (pid !== null) return String(pid);
  return state === 'stopped' ? '-' : 'thread';
}

/** Width of `1023M/1023M` and a space. */
const FIGURES_WIDTH = 12;
const BAR_WIDTH_MIN = 3;

function Load({ node, width, theme }: Pick<NodeRowProps, 'node' | 'theme'> & { readonly width: number }): ReactElement | null {
  if (node.disk !== 'writable') return <Cell width={width} text={`disk ${node.disk}`} style={theme.tone.bad} />;
  const share = usedShare(node);
  const capacity = node.capacityBytes > 0 ? `/${formatBytes(node.capacityBytes)}` : '';
  const figures = `${formatBytes(node.usedBytes)}${capacity}`;
  const bar = width - FIGURES_WIDTH - 1;
  if (bar < BAR_WIDTH_MIN) return <Cell width={width} text={figures} />;
  const full = barCells(share, bar);
  const tone = share >= 0.9 ? 'bad' : share >= 0.75 ? 'warn' : 'good';
  return (
    <>
      <Box width={bar + 1} height={1} flexShrink={0}>
        <Text {...theme.tone[tone]}>{theme.symbols.barFull.repeat(full)}</Text>
        <Text {...theme.dim}>{theme.symbols.barEmpty.repeat(bar - full)}</Text>
      </Box>
      <Cell width={FIGURES_WIDTH} text={figures} />
    </>
  );
}
