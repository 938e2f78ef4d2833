/** The last line: the most important keys, as many as fit. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { footerItems } from '../model/key-map.js';
import type { Theme } from '../model/theme.js';

export function Footer({ columns, theme }: { readonly columns: number; readonly theme: Theme }): ReactElement {
  return (
    <Box height={1} flexShrink={0} paddingLeft={1} overflow="hidden">
      <Text wrap="truncate">
        {footerItems(columns).map(({ shown, word }, at) => (
          <Text key={shown}>
            {at === 0 ? '' : '  '}
            <Text {...theme.accent}>{shown}</Text>
            {` ${word}`}
          </Text>
        ))}
      </Text>
    </Box>
  );
}
