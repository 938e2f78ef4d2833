/** The chunks table: worst health first, each chunk with the nodes of its replicas. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import stringWidth from 'string-width';
import type { ChunkCounts, ChunkView } from '../../supervisor/api/cluster-status.js';
import { plansOf } from '../../shared/chunk-version.js';
import { formatBytes, printable } from '../model/format.js';
import { planChunkColumns, type ChunkColumns } from '../model/layout.js';
import type { TuiState } from '../model/state.js';
import type { Theme } from '../model/theme.js';
import { chunkHealth, HEALTH_TEXT, HEALTH_TONE, shortNames } from '../model/view-model.js';
import { Cell } from './cell.js';
import { PanelHeading } from './panel-heading.js';

interface ChunksPanelProps {
  readonly state: TuiState;
  readonly theme: Theme;
  /** Number of lines without the heading. */
  readonly rows: number;
}

export function ChunksPanel({ state, theme, rows }: ChunksPanelProps): ReactElement {
  const datanodes = (state.status?.nodes ?? []).filter((node) => node.role === 'datanode');
  const names = shortNames(datanodes.map((node) => node.id));
  const columns = planChunkColumns(state.columns, [...names.values()]);
  const shown = state.chunks.slice(state.chunkOffset, state.chunkOffset + rows);
  const focused = state.focus === 'chunks';
  const style = focused ? theme.accent : theme.dim;
  const total = Math.max(state.status?.chunks.total ?? 0, state.chunks.length);
  const range = shown.length < total ? ` ${state.chunkOffset + 1}-${state.chunkOffset + shown.length} of ${total}` : '';
  return (
    <Box flexDirection="column" height={rows + 1} flexShrink={0} overflow="hidden">
      <PanelHeading theme={theme} focused={focused}>
        <Cell width={columns.health - 2} text="CHUNKS" style={style} />
        <Cell width={columns.path} text={`FILE#INDEX, worst first${range}`} style={style} />
        <Cell width={columns.version} text="VER" style={style} />
        <Cell width={columns.size} text="SIZE" style={style} align="right" />
        <Cell width={columns.replicas} text={columns.replicas < 12 ? 'ON' : 'REPLICAS ON'} style={style} />
      </PanelHeading>
      {shown.map((chunk) => (
        <ChunkRow key={chunk.uuid} chunk={chunk} counts={state.status?.chunks} columns={columns} names={names} theme={theme} />
      ))}
      {shown.length === 0 && rows > 0 && <Text {...theme.dim}>{'    No chunks yet: press u to put a file.'}</Text>}
    </Box>
  );
}

interface ChunkRowProps {
  readonly chunk: ChunkView;
  /** Of the cluster. */
  readonly counts: ChunkCounts | undefined;
  readonly columns: ChunkColumns;
  readonly names: ReadonlyMap<string, string>;
  readonly theme: Theme;
}

function ChunkRow({ chunk, counts, columns, names, theme }: ChunkRowProps): ReactElement {
  const health = chunkHealth(chunk, counts);
  const tone = HEALTH_TONE[health];
  const style = theme.tone[tone];
  const count = `${chunk.nodeIds.length}/${chunk.replication}`;
  return (
    <Box height={1} flexShrink={0}>
      <Cell
        width={columns.health}
        text={`    ${theme.symbols.tone[tone]} ${HEALTH_TEXT[health].padEnd(7)} ${count}`}
        style={style}
      />
      <Box width={columns.path} height={1} flexShrink={0} paddingRight={1}>
        <Box flexShrink={1}>
          <Text wrap="truncate-middle">{printable(chunk.path)}</Text>
        </Box>
        <Box flexShrink={0}>
          <Text {...theme.dim}>{`#${chunk.index}`}</Text>
        </Box>
      </Box>
      <Cell width={columns.version} text={`v${plansOf(chunk.version)}`} />
      <Cell width={columns.size} text={formatBytes(chunk.lengthBytes)} align="right" />
      {columns.cells ? (
        <ReplicaCells chunk={chunk} names={names} theme={theme} tone={tone} />
      ) : (
        <Cell width={columns.replicas} text={chunk.nodeIds.map((id) => printable(names.get(id) ?? id)).join(' ')} style={style} />
      )}
    </Box>
  );
}

interface ReplicaCellsProps extends Pick<ChunkRowProps, 'chunk' | 'names' | 'theme'> {
  readonly tone: keyof Theme['tone'];
}

/** A cell for each datanode, with its name where the datanode holds the chunk: placement is readable by column. */
function ReplicaCells({ chunk, names, theme, tone }: ReplicaCellsProps): ReactElement {
  return (
    <>
      {Array.from(names, ([id, name]) => {
        const held = chunk.nodeIds.includes(id);
        const text = held ? printable(name) : theme.symbols.noReplica.padStart(stringWidth(name));
        return <Cell key={id} width={stringWidth(name) + 1} text={text} style={held ? theme.tone[tone] : theme.dim} />;
      })}
    </>
  );
}
