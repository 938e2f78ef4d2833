/** Light or dark: as the system has it, until the reader says otherwise. */
import { html } from './dom.js';

const isDark = (): boolean => {
  const { theme } = document.documentElement.dataset;
  return theme === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
};

/** @param onChange colours that are drawn, and not styled, have to be drawn again */
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
