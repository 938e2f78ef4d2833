/** Colours and symbols. A colour never says anything alone: every state also has a symbol and a word. */
import type { TextProps } from 'ink';
import type { NodeState } from '../supervisor/api/cluster-status.js';

export type Style = Readonly<Pick<TextProps, 'color' | 'dimColor' | 'bold' | 'inverse'>>;

/** How serious a line or a state is. */
export type Tone = 'plain' | 'good' | 'warn' | 'bad';

export interface Symbols {
  readonly state: Readonly<Record<NodeState, string>>;
  readonly tone: Readonly<Record<Tone, string>>;
  readonly cursor: string;
  readonly mark: string;
  readonly cut: string;
  readonly barFull: string;
  readonly barEmpty: string;
  readonly noReplica: string;
  readonly separator: string;
  readonly leader: string;
}

export interface Theme {
  readonly symbols: Symbols;
  readonly tone: Readonly<Record<Tone, Style>>;
  readonly state: Readonly<Record<NodeState, Style>>;
  readonly accent: Style;
  readonly dim: Style;
}

const UNICODE: Symbols = {
  state: { starting: '◌', live: '●', stale: '◐', dead: '✖', paused: '‖', stopped: '■' },
  tone: { plain: '·', good: '✔', warn: '▲', bad: '✖' },
  cursor: '›',
  mark: '◆',
  cut: '≠',
  barFull: '█',
  barEmpty: '░',
  noReplica: '·',
  separator: '│',
  leader: '★',
};

const ASCII: Symbols = {
  state: { starting: 'o', live: '*', stale: '?', dead: 'X', paused: '"', stopped: '#' },
  tone: { plain: '-', good: '+', warn: '!', bad: 'X' },
  cursor: '>',
  mark: '@',
  cut: '/',
  barFull: '#',
  barEmpty: '.',
  noReplica: '.',
  separator: '|',
  leader: '^',
};

export interface ThemeOptions {
  readonly colors: boolean;
  readonly unicode: boolean;
}

/** The theme with or without colours, and with symbols that the terminal can show. */
export function createTheme({ colors, unicode }: ThemeOptions): Theme {
  const colored = (color: NonNullable<TextProps['color']>): Style => (colors ? { color } : {});
  const strong = (color: NonNullable<TextProps['color']>): Style => ({ ...colored(color), bold: true });
  return {
    symbols: unicode ? UNICODE : ASCII,
    tone: { plain: {}, good: colored('green'), warn: strong('yellow'), bad: strong('red') },
    state: {
      starting: colored('cyan'),
      live: colored('green'),
      stale: strong('yellow'),
      dead: strong('red'),
      paused: strong('magenta'),
      stopped: strong('red'),
    },
    accent: strong('cyan'),
    dim: { dimColor: true },
  };
}

/**
 * Reads from the environment what a terminal can show: NO_COLOR (https://no-color.org), TERM, and the locale's character set.
 * Where no locale is set at all (containers), the terminal at the other end is taken to know UTF-8.
 */
export function themeOptionsOf(env: Readonly<Record<string, string | undefined>>): ThemeOptions {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  const plainTerminal = env['TERM'] === 'linux' || env['TERM'] === 'dumb';
  return {
    colors: (env['NO_COLOR'] ?? '') === '',
    unicode: !plainTerminal && (locale === undefined || /utf-?8/i.test(locale)),
  };
}
