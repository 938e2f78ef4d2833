/** The last lines while a command is typed: possible continuations, or `^` below an error. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { CommandPrompt } from '../model/command-prompt.js';
import { printable } from '../model/format.js';
import type { Theme } from '../model/theme.js';

interface CommandHintProps {
  readonly command: CommandPrompt;
  readonly lines: readonly string[];
  readonly theme: Theme;
}

export function CommandHint({ command, lines, theme }: CommandHintProps): ReactElement {
  const isWrong = command.hint !== null && 'problem' in command.hint;
  return (
    <Box flexDirection="column" height={lines.length} flexShrink={0} overflow="hidden">
      {lines.map((line, row) => (
        <Text key={row} wrap="truncate" {...(isWrong ? theme.tone.bad : theme.dim)}>
          {printable(line)}
        </Text>
      ))}
    </Box>
  );
}
