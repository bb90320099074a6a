import type { Line } from '../lines/Line';

const continues = (line: Line): boolean => line.event.flags?.includes('continues') ?? false;

/**
 * Newest first would show a stack trace upside down. Where the lines of one record stand together, they are turned
 * around, so that a record reads downwards while the records go backwards in time. `from` is the first line not looked
 * at yet; returned is the next `from`: where a record begins whose first line may still come.
 */
export function joinRecords(lines: Line[], from: number): number {
  let i = from;
  while (i < lines.length) {
    if (!continues(lines[i]!)) { i++; continue; }
    let end = i;
    while (end + 1 < lines.length && isBefore(lines[end + 1]!, lines[end]!) && continues(lines[end]!)) end++;
    if (continues(lines[end]!)) {
      if (end === lines.length - 1) return i;
    } else {
      lines.splice(i, end - i + 1, ...lines.slice(i, end + 1).reverse());
    }
    i = end + 1;
  }
  return i;
}

const isBefore = (earlier: Line, later: Line): boolean =>
  earlier.event.source === later.event.source && earlier.event.offset < later.event.offset;
