/** The line above a panel: its column names, with a sign and a colour for the panel with the focus. */
import { Box, Text } from 'ink';
import type { ReactElement, ReactNode } from 'react';
import type { Theme } from '../model/theme.js';

interface PanelHeadingProps {
  readonly theme: Theme;
  readonly focused: boolean;
  readonly children: ReactNode;
}

export function PanelHeading({ theme, focused, children }: PanelHeadingProps): ReactElement {
  return (
    <Box height={1} flexShrink={0}>
      <Text {...(focused ? theme.accent : theme.dim)}>{focused ? `${theme.symbols.cursor} ` : '  '}</Text>
      {children}
    </Box>
  );
}
