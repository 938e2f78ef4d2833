/** The last line while a command is typed: what can follow, or `^` under what is wrong. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { lineBelow, type CommandPrompt } from '../command-prompt.js';
import { printable } from '../format.js';
import type { TuiState } from '../state.js';
import type { Theme } from '../theme.js';

interface CommandHintProps {
  readonly state: TuiState;
  readonly command: CommandPrompt;
  readonly theme: Theme;
}

export function CommandHint({ state, command, theme }: CommandHintProps): ReactElement {
  const { markedIds, cursorId, columns, vocabulary } = state;
  const whom = markedIds.length > 0 ? markedIds.join(' ') : (cursorId ?? '');
  const isWrong = command.hint !== null && 'problem' in command.hint;
  return (
    <Box height={1} flexShrink={0} overflow="hidden">
      <Text wrap="truncate" {...(isWrong ? theme.tone.bad : theme.dim)}>
        {printable(lineBelow(command, vocabulary, columns, whom))}
      </Text>
    </Box>
  );
}
