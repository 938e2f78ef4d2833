/** The two lines at the top: the cluster's name and its health. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { ClusterStatus, NodeRole } from '../../supervisor/api/cluster-status.js';
import { countOf, printable } from '../model/format.js';
import type { TuiState } from '../model/state.js';
import type { Theme } from '../model/theme.js';
import { healthSummary } from '../model/view-model.js';

interface HeaderProps {
  readonly state: TuiState;
  readonly theme: Theme;
  readonly profile: string | null;
}

export function Header({ state, theme, profile }: HeaderProps): ReactElement {
  const { status } = state;
  const { symbols } = theme;
  const health = healthSummary(status);
  return (
    <Box flexDirection="column" height={2} flexShrink={0}>
      <Box height={1} justifyContent="space-between">
        <Text wrap="truncate">
          <Text {...theme.accent}> DistriFS lab</Text>
          {status !== null && `  ${printable(status.clusterId).slice(0, 8)}`}
          {profile !== null && ` ${profile}`}
          {status !== null && ` ${symbols.separator}`}
          {status !== null && <Leader status={status} theme={theme} />}
          {status !== null && ` ${symbols.separator} ${countsOf(status)}`}
        </Text>
        <Box flexShrink={0} paddingLeft={1} paddingRight={1}>
          <Text {...theme.tone[health.tone]}>{`${symbols.tone[health.tone]} ${health.text}`}</Text>
        </Box>
      </Box>
      <Box height={1} justifyContent="space-between">
        {status === null ? <Text> </Text> : <Figures state={state} theme={theme} />}
        {status?.safeMode === true && (
          <Box flexShrink={0} paddingLeft={1} paddingRight={1}>
            <Text {...theme.tone.warn}>{`${symbols.tone.warn} SAFE MODE`}</Text>
          </Box>
        )}
      </Box>
    </Box>
  );
}

/** `5/5 datanodes`; masters only when a master is missing. */
function countsOf(status: ClusterStatus): string {
  const masters = liveOf(status, 'master');
  return `${masters.live < masters.all ? `${masters.text}, ` : ''}${liveOf(status, 'datanode').text}`;
}

function liveOf(
  { nodes }: ClusterStatus,
  role: NodeRole,
): { readonly live: number; readonly all: number; readonly text: string } {
  const own = nodes.filter((node) => node.role === role);
  const live = own.filter((node) => node.state === 'live').length;
  return { live, all: own.length, text: `${live}/${countOf(own.length, role)}` };
}

function Leader({ status, theme }: { readonly status: ClusterStatus; readonly theme: Theme }): ReactElement {
  const { leader, term } = status;
  if (leader === null) return <Text {...theme.tone.bad}>{' no leader'}</Text>;
  return <Text>{` leader ${printable(leader)} term ${term}`}</Text>;
}

function Figures({ state, theme }: Pick<HeaderProps, 'state' | 'theme'>): ReactElement | null {
  const { status } = state;
  if (status === null) return null;
  const { chunks } = status;
  const orphans = status.orphanReplicas === 0 ? '' : `, ${countOf(status.orphanReplicas, 'orphan')}`;
  return (
    <Text wrap="truncate">
      {` ${countOf(status.files, 'file')}, ${countOf(chunks.total, 'chunk')}: ${chunks.healthy} ok, `}
      <Text {...(chunks.underReplicated > 0 ? theme.tone.warn : {})}>{`${chunks.underReplicated} under`}</Text>
      {', '}
      <Text {...(chunks.missing > 0 ? theme.tone.bad : {})}>{`${chunks.missing} missing`}</Text>
      {chunks.unreported > 0 && <Text {...theme.tone.warn}>{`, ${chunks.unreported} unreported`}</Text>}
      {`, ${countOf(status.repairsCompleted, 'repair')}${orphans}`}
    </Text>
  );
}
