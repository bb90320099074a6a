import type { LogEvent } from '../api';
import { keyOf, toLine, type Line } from '../lines/Line';

interface Placed { readonly line: Line; at: number }

/** Lines the page keeps. About 60 MB; beyond it the oldest tenth goes. */
export const linesMax = 100_000;

/** How far from its arrival a live line may be moved to stand where its time says. */
const settleMs = 1_000;

/** Per source, how many lines back a late one can still be put before its successors. */
const sourceTailMax = 4_096;
const sourcesMax = 20_000;

/**
 * The lines of the live page, from several bucks, each once, in order. Lines are shown at once and moved to their place
 * within a second of their arrival: waiting for stragglers first would cost every line that second.
 *
 * Order is by `at`: the event time, but no more than a second away from the arrival for what is live. So a host whose
 * clock is wrong, or an old file that is being read just now, is seen where one looks, at the end; backlog stands where
 * its time says. Within a source the order of offsets is kept, whatever the times say.
 */
export class LiveOrder {
  #placed: Placed[] = [];
  #pending: Placed[] = [];
  #keys = new Set<string>();
  #sources = new Map<string, Placed[]>();

  get count(): number { return this.#placed.length; }

  lineAt = (index: number): Line => this.#placed[index]!.line;

  /** Takes events of one batch; returns how many of them were not known yet. They are placed by the next `settle`. */
  add(events: readonly LogEvent[], live: boolean, now: number): number {
    let fresh = 0;
    for (const event of events) {
      const key = keyOf(event);
      if (this.#keys.has(key)) continue;
      this.#keys.add(key);
      const line = toLine(event);
      const at = live ? Math.min(Math.max(line.millis, now - settleMs), now + settleMs) : line.millis;
      const placed: Placed = { line, at };
      this.#keepSourceOrder(placed);
      this.#pending.push(placed);
      fresh++;
    }
    return fresh;
  }

  /**
   * Puts what was added into its place. `anchor` is the index of a line the reader looks at (or -1); returned is how far
   * that line moved, and how many lines went off the front.
   */
  settle(anchor: number): { moved: number; trimmed: number } {
    const pending = this.#pending;
    if (pending.length === 0) return { moved: 0, trimmed: 0 };
    this.#pending = [];
    pending.sort(compare);
    const moved = this.#merge(pending, anchor);
    const trimmed = this.#trim();
    return { moved: moved - trimmed, trimmed };
  }

  clear(): void {
    this.#placed = [];
    this.#pending = [];
    this.#keys.clear();
    this.#sources.clear();
  }

  #merge(pending: Placed[], anchor: number): number {
    const first = lowerBound(this.#placed, pending[0]!);
    if (first === this.#placed.length) {
      for (const p of pending) this.#placed.push(p);
      return 0;
    }
    const tail = this.#placed.splice(first);
    let moved = 0;
    let at = 0;
    for (let i = 0; i < tail.length; i++) {
      const old = tail[i]!;
      while (at < pending.length && compare(pending[at]!, old) < 0) this.#placed.push(pending[at++]!);
      if (first + i === anchor) moved = at;
      this.#placed.push(old);
    }
    while (at < pending.length) this.#placed.push(pending[at++]!);
    return moved;
  }

  #trim(): number {
    if (this.#placed.length <= linesMax) return 0;
    const gone = this.#placed.splice(0, this.#placed.length - linesMax + linesMax / 10);
    for (const p of gone) this.#keys.delete(p.line.key);
    return gone.length;
  }

  #keepSourceOrder(placed: Placed): void {
    const { source, offset } = placed.line.event;
    let tail = this.#sources.get(source);
    if (tail === undefined) {
      if (this.#sources.size >= sourcesMax) this.#sources.clear();
      this.#sources.set(source, tail = []);
    }
    let i = tail.length;
    while (i > 0 && tail[i - 1]!.line.event.offset > offset) i--;
    const before = tail[i - 1];
    const after = tail[i];
    if (before !== undefined) placed.at = Math.max(placed.at, before.at);
    if (after !== undefined) placed.at = Math.min(placed.at, after.at);
    tail.splice(i, 0, placed);
    if (tail.length > sourceTailMax) tail.splice(0, sourceTailMax / 2);
  }
}

function compare(a: Placed, b: Placed): number {
  if (a.at !== b.at) return a.at - b.at;
  const [x, y] = [a.line.event, b.line.event];
  return x.source < y.source ? -1 : x.source > y.source ? 1 : x.offset - y.offset;
}

function lowerBound(placed: readonly Placed[], wanted: Placed): number {
  let low = 0;
  let high = placed.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(placed[middle]!, wanted) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
