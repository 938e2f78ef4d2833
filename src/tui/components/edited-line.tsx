/** A line being typed, with its cursor; of a long line, the part around the cursor is shown. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { graphemesOf } from '../model/key-press.js';
import type { PathPrompt } from '../model/path-prompt.js';
import type { Theme } from '../model/theme.js';

interface EditedLineProps {
  readonly line: PathPrompt;
  readonly theme: Theme;
  /** Text before the line. */
  readonly label: string;
  /** Shown after the cursor while the line is empty. */
  readonly hint: string;
}

/** Columns reserved for the text after the cursor when the line is too long. */
const COLUMNS_AFTER_CURSOR = 8;

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
      <Box flexShrink={10_000} minWidth={Math.min(after.length, COLUMNS_AFTER_CURSOR)}>
        <Text wrap="truncate" {...(isEmpty ? theme.dim : {})}>
          {isEmpty ? hint : after.join('')}
        </Text>
      </Box>
    </>
  );
}
