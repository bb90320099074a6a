const two = (n: number) => n < 10 ? `0${n}` : String(n);
const three = (n: number) => n < 10 ? `00${n}` : n < 100 ? `0${n}` : String(n);

export type Zone = 'local' | 'utc';

/** 14:03:59.123 in the zone of the page. */
export function clock(millis: number, zone: Zone): string {
  const d = new Date(millis);
  return zone === 'utc'
    ? `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}.${three(d.getUTCMilliseconds())}`
    : `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${three(d.getMilliseconds())}`;
}

/** 2026-03-01 in the zone of the page. */
export function day(millis: number, zone: Zone): string {
  const d = new Date(millis);
  return zone === 'utc'
    ? `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`
    : `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

export const dayAndClock = (millis: number, zone: Zone): string => `${day(millis, zone)} ${clock(millis, zone)}`;

/** 2026-03-01 14:03:59, for texts that need no fraction. */
export const dayAndSecond = (millis: number, zone: Zone): string => dayAndClock(millis, zone).slice(0, 19);

const relative = /^-(\d+)([smhd])$/;
const plainTime = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?))?$/;
const unitMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A time as people type it: `2026-03-01 14:00`, `2026-03-01 14:00:00` (in the zone of the page), ISO 8601 with a zone,
 * `now`, or `-2h`. Milliseconds; undefined when it is none of these.
 */
export function parseTime(text: string, zone: Zone, now: number): number | undefined {
  const typed = text.trim();
  if (typed === 'now') return now;
  const back = relative.exec(typed);
  if (back !== null) return now - Number(back[1]) * unitMs[back[2]!]!;
  const plain = plainTime.exec(typed);
  const millis = plain !== null
    ? Date.parse(`${plain[1]}T${plain[2] ?? '00:00'}${zone === 'utc' ? 'Z' : ''}`)
    : /T.*(Z|[+-]\d{2}:?\d{2})$/.test(typed) ? Date.parse(typed) : NaN;
  return Number.isNaN(millis) ? undefined : millis;
}

export const toIso = (millis: number): string => new Date(millis).toISOString();

/** 45 s, 3 min 10 s, 2 h 5 min, 3 d 4 h: two units at most. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min${s % 60 === 0 ? '' : ` ${s % 60} s`}`;
  if (s < 86400) return `${Math.floor(s / 3600)} h${s % 3600 < 60 ? '' : ` ${Math.floor(s % 3600 / 60)} min`}`;
  return `${Math.floor(s / 86400)} d${s % 86400 < 3600 ? '' : ` ${Math.floor(s % 86400 / 3600)} h`}`;
}

const number = new Intl.NumberFormat('en-US');
export const count = (n: number): string => number.format(n);
export const plural = (n: number, word: string): string => `${count(n)} ${word}${n === 1 ? '' : 's'}`;

/** 950 B, 1.2 kB, 34 MB: decimal units. */
export function bytes(n: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = n;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit++; }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
