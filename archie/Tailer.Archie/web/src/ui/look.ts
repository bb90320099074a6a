import type { Zone } from '../lines/time';

export type Theme = 'dark' | 'light';

/** The chosen theme, else what the system prefers. Kept in this browser only. */
export function currentTheme(): Theme {
  const chosen = localStorage.getItem('tailer-theme');
  if (chosen === 'dark' || chosen === 'light') return chosen;
  return matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
}

export function setTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem('tailer-theme', theme);
  setTheme(theme);
}

export const chosenZone = (): Zone => localStorage.getItem('tailer-zone') === 'utc' ? 'utc' : 'local';

export const chooseZone = (zone: Zone): void => localStorage.setItem('tailer-zone', zone);
