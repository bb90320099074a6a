import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEvent } from '../src/api';
import { parseAnsi, stripAnsi } from '../src/lines/ansi';
import { highlightPattern } from '../src/lines/highlight';
import { toLine } from '../src/lines/Line';
import { bytes, duration, parseTime } from '../src/lines/time';
import { joinRecords } from '../src/search/records';

test('escape sequences become classes and are never shown', () => {
  assert.deepEqual(parseAnsi('a\x1b[31mred\x1b[1;44mbold\x1b[0m b\x1b[2K\x1b]0;title\x07c'), [
    { text: 'a', classes: '' }, { text: 'red', classes: 'f1' }, { text: 'bold', classes: 'f1 b4 ab' },
    { text: ' b', classes: '' }, { text: 'c', classes: '' },
  ]);
  assert.deepEqual(parseAnsi('\x1b[38;5;196mx\x1b[38;2;0;255;0my\x1b[39mz'), [
    { text: 'x', classes: 'f9' }, { text: 'y', classes: 'f10' }, { text: 'z', classes: '' },
  ]);
  assert.equal(stripAnsi('\x1b[1mx\x1b[m'), 'x');
});

test('the words of a query are marked, and what is negated or of a field is not', () => {
  const pattern = highlightPattern('timeout -health "disk full" host:web1 status=5* conn* (a.b OR NOT) level:>=warning tag:team=shop tag:"shop one=x"');
  const marked = (text: string) => [...text.matchAll(pattern!)].map(m => m[0]);
  assert.deepEqual(marked('Timeout health disk full web1 503 connection a.b axb tag: shop one=x'), ['Timeout', 'disk full', 'conn', 'a.b']);
  assert.equal(highlightPattern('level:error -x'), undefined);
  assert.equal(highlightPattern('"("')!.test('('), true);
});

test('times are read as people type them', () => {
  const now = Date.UTC(2026, 2, 1, 12);
  assert.equal(parseTime('now', 'utc', now), now);
  assert.equal(parseTime('-90m', 'utc', now), now - 5_400_000);
  assert.equal(parseTime('2026-03-01 10:00', 'utc', now), Date.UTC(2026, 2, 1, 10));
  assert.equal(parseTime('2026-03-01', 'utc', now), Date.UTC(2026, 2, 1));
  assert.equal(parseTime('2026-03-01T10:00:00+02:00', 'utc', now), Date.UTC(2026, 2, 1, 8));
  for (const wrong of ['', 'noon', '-5', '2026-13-01 10:00', '10:00']) assert.equal(parseTime(wrong, 'utc', now), undefined, wrong);
});

test('figures are short', () => {
  assert.deepEqual([950, 1_200, 34_000_000].map(bytes), ['950 B', '1.2 kB', '34.0 MB']);
  assert.deepEqual([45, 190, 7_500, 97_200].map(duration), ['45 s', '3 min 10 s', '2 h 5 min', '1 d 3 h']);
});

test('a record reads downwards in newest-first results, however the answer was cut', () => {
  const line = (source: string, offset: number, flags: LogEvent['flags'] = []) =>
    toLine({ source, offset, length: 1, time: '2026-03-01T12:00:00.00000000Z', host: 'h', agent: 'a', text: `${source}${offset}`, flags });
  const newestFirst = [
    line('a', 9), line('b', 5, ['continues']), line('b', 4, ['continues']), line('b', 3), line('b', 2),
    line('a', 8, ['continues']), line('b', 1), line('a', 7), line('a', 6, ['continues']), line('a', 5),
  ];
  const wanted = ['a9', 'b3', 'b4', 'b5', 'b2', 'a8', 'b1', 'a7', 'a5', 'a6'];
  for (let cut = 0; cut <= newestFirst.length; cut++) {
    const lines = newestFirst.slice(0, cut);
    const from = joinRecords(lines, 0);
    lines.push(...newestFirst.slice(cut));
    joinRecords(lines, from);
    assert.deepEqual(lines.map(l => l.event.text), wanted, `cut at ${cut}`);
  }
});
