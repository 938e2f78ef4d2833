/** One cell of a table: fixed width, one line, longer text is truncated. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { Style } from '../model/theme.js';

interface CellProps {
  /** Columns, including the space before the next cell. */
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
