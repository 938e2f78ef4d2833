/** One cell of a table: a fixed width, one line, cut off where the text is longer. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { Style } from '../model/theme.js';

interface CellProps {
  /** Columns, with the space to the next cell. */
  readonly width: number;
  readonly text: string;
  readonly style?: Style;
  readonly align?: 'left' | 'right';
  readonly wrap?: 'truncate' | 'truncate-middle';
}

export function Cell({ width, text, style = {}, align = 'left', wrap = 'truncate' }: CellProps): ReactElement | null {
  if (width <= 0) return null;
  return (
    <Box width={width} height={1} flexShrink={0} paddingRight={1} justifyContent={align === 'right' ? 'flex-end' : 'flex-start'}>
      <Text wrap={wrap} {...style}>
        {text}
      </Text>
    </Box>
  );
}
