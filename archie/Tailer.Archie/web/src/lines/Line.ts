import type { LogEvent } from '../api';
import { stripAnsi } from './ansi';

/** An event made ready to be shown. Made once, when it arrives, because it may be drawn many times. */
export interface Line {
  readonly event: LogEvent;
  readonly key: string;
  /** Milliseconds since the epoch, with a fraction: enough to order, not enough to print. */
  readonly millis: number;
  readonly label: string;
  readonly hostHue: number;
  readonly labelHue: number;
  readonly severity: Severity;
}

export type Severity = 'error' | 'warn' | 'notice' | 'info' | 'debug' | '';

const severities: Record<string, Severity> = {
  fatal: 'error', emergency: 'error', emerg: 'error', alert: 'error', critical: 'error', crit: 'error', error: 'error', err: 'error',
  warning: 'warn', warn: 'warn', notice: 'notice', info: 'info', information: 'info', debug: 'debug', trace: 'debug', verbose: 'debug',
};

const hues = new Map<string, number>();
const hueCount = 12;

/** The same name has the same colour on every screen: FNV-1a of it, modulo the palette. */
export function hueOf(name: string): number {
  let hue = hues.get(name);
  if (hue === undefined) {
    let hash = 0x811c9dc5;
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
    hue = ((hash ^ (hash >>> 15)) >>> 0) % hueCount;
    if (hues.size > 10_000) hues.clear();
    hues.set(name, hue);
  }
  return hue;
}

export const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

export function keyOf(event: LogEvent): string {
  return `${event.source}:${event.offset}`;
}

export function toLine(event: LogEvent): Line {
  const label = event.app ?? (event.path === undefined ? '' : fileName(event.path));
  return {
    event,
    key: keyOf(event),
    millis: Date.parse(event.time.slice(0, 23) + 'Z') + Number(`0.${event.time.slice(23, 28).replace(/\D.*$/, '') || '0'}`),
    label,
    hostHue: hueOf(event.host),
    labelHue: hueOf(label),
    severity: severities[event.level?.toLowerCase() ?? ''] ?? '',
  };
}

export const plainText = (line: Line): string => stripAnsi(line.event.text);
