/** A line being typed, with its cursor; where it is too long, what stands around the cursor is shown. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { graphemesOf } from '../model/key-press.js';
import type { PathPrompt } from '../model/path-prompt.js';
import type { Theme } from '../model/theme.js';

interface EditedLineProps {
  readonly line: PathPrompt;
  readonly theme: Theme;
  /** In front of it. */
  readonly label: string;
  /** Behind the cursor while nothing is typed. */
  readonly hint: string;
}

/** Columns kept for what follows the cursor when the line is too long. */
const ROOM_AFTER_CURSOR = 8;

export function EditedLine({ line, theme, label, hint }: EditedLineProps): ReactElement {
  const [under = ' ', ...after] = graphemesOf(line.after);
  const isEmpty = line.before === '' && line.after === '';
  return (
    <>
      <Box flexShrink={0}>
        <Text {...theme.accent}>{label}</Text>
      </Box>
      <Box flexShrink={1}>
        <Text wrap="truncate-start">{line.before}</Text>
      </Box>
      <Box flexShrink={0}>
        <Text inverse>{under}</Text>
      </Box>
      <Box flexShrink={10_000} minWidth={Math.min(after.length, ROOM_AFTER_CURSOR)}>
        <Text wrap="truncate" {...(isEmpty ? theme.dim : {})}>
          {isEmpty ? hint : after.join('')}
        </Text>
      </Box>
    </>
  );
}
