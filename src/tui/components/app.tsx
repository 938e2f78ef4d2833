/** The only stateful component: shows the session's state and forwards key presses. */
import { useInput } from 'ink';
import { useSyncExternalStore, type ReactElement } from 'react';
import { keyPressesOf } from '../model/key-press.js';
import type { TuiSession } from '../model/tui-session.js';
import { Screen, type ScreenProps } from './screen.js';

interface AppProps extends Omit<ScreenProps, 'state'> {
  readonly session: TuiSession;
}

export function App({ session, theme, profile, dir }: AppProps): ReactElement {
  const state = useSyncExternalStore(session.subscribe, session.snapshot);
  useInput((input, key) => {
    session.press(keyPressesOf(input, key));
  });
  return <Screen state={state} theme={theme} profile={profile} dir={dir} />;
}
