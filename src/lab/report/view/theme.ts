/** Light or dark colours: the system's preference, until the reader chooses. */
import { html } from './dom.js';

const isDark = (): boolean => {
  const { theme } = document.documentElement.dataset;
  return theme === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
};

/** @param onChange called on a change, because canvas colours must be drawn again */
export function themeButton(onChange: () => void): HTMLElement {
  const button = html('button', { type: 'button', id: 'theme-toggle' });
  const name = (): void => {
    button.textContent = isDark() ? '☀ Light' : '☾ Dark';
    button.setAttribute('aria-label', `Use ${isDark() ? 'light' : 'dark'} colours`);
  };
  button.addEventListener('click', () => {
    document.documentElement.dataset['theme'] = isDark() ? 'light' : 'dark';
    name();
    onChange();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    name();
    onChange();
  });
  name();
  return button;
}
