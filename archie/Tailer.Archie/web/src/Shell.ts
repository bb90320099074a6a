import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Config, EnvironmentConfig } from './api';
import type { Zone } from './lines/time';
import type { LiveFeed } from './live/LiveFeed';

/** What every tab shares. */
export interface Shell { config: Config; environment: EnvironmentConfig; feed: LiveFeed; zone: Zone }

export const ShellContext = createContext<Shell | undefined>(undefined);

export function useShell(): Shell {
  const shell = useContext(ShellContext);
  if (shell === undefined) throw new Error('outside of the shell');
  return shell;
}
