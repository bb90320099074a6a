import { toIso } from '../lines/time';

export const presets: { name: string; label: string; seconds?: number }[] = [
  { name: '5m', label: 'Last 5 min', seconds: 300 },
  { name: '1h', label: 'Last hour', seconds: 3_600 },
  { name: '24h', label: 'Last 24 h', seconds: 86_400 },
  { name: 'all', label: 'All recent' },
  { name: 'custom', label: 'From … to' },
];

export interface Range { from?: string; to?: string }

/** What is asked for, in absolute times, so that lines and histogram are of the same moment. */
export function resolve(query: URLSearchParams, now: number): Range {
  const from = query.get('from') ?? undefined;
  const to = query.get('to') ?? undefined;
  if (from !== undefined || to !== undefined) return { from, to };
  const preset = presets.find(p => p.name === (query.get('range') ?? '1h'));
  return preset?.seconds === undefined ? {} : { from: toIso(now - preset.seconds * 1000) };
}

export function presetOf(query: URLSearchParams): string {
  return query.has('from') || query.has('to') ? 'custom' : query.get('range') ?? '1h';
}
