import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEvent } from '../src/api';
import { LiveOrder, linesMax } from '../src/live/LiveOrder';

const start = Date.UTC(2026, 2, 1, 12);

function event(source: string, offset: number, millis: number): LogEvent {
  return { source, offset, length: 1, time: `${new Date(millis).toISOString().slice(0, 23)}00000Z`, host: 'h', agent: 'a', text: `${source} ${offset}` };
}

const texts = (order: LiveOrder): string[] => Array.from({ length: order.count }, (_, i) => order.lineAt(i).event.text);

function random(seed: number): () => number {
  let state = seed;
  return () => { state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0; return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32; };
}

test('copies from other bucks are shown once', () => {
  const order = new LiveOrder();
  const events = [event('a', 0, start), event('a', 1, start + 1)];
  assert.equal(order.add(events, true, start), 2);
  assert.equal(order.add(events, true, start), 0);
  order.settle(-1);
  assert.equal(order.add(events, true, start), 0);
  order.settle(-1);
  assert.deepEqual(texts(order), ['a 0', 'a 1']);
});

test('a line that comes late is put where its time says, within a second', () => {
  const order = new LiveOrder();
  order.add([event('a', 0, start + 100), event('a', 1, start + 300)], true, start + 300);
  order.settle(-1);
  order.add([event('b', 0, start + 200)], true, start + 400);
  const { moved } = order.settle(1);
  assert.deepEqual(texts(order), ['a 0', 'b 0', 'a 1']);
  assert.equal(moved, 1);
});

test('live lines of a wrong clock or of old files are seen at the end, backlog stands where its time says', () => {
  const order = new LiveOrder();
  order.add([event('a', 0, start)], true, start);
  order.add([event('a', 1, start + 10_000)], true, start + 10_000);
  order.settle(-1);
  order.add([event('old', 0, start - 86_400_000)], true, start + 20_000);
  order.add([event('ahead', 0, start + 3_600_000)], true, start + 20_000);
  order.add([event('back', 0, start + 1_000)], false, start + 20_000);
  order.settle(-1);
  order.add([event('a', 2, start + 22_000)], true, start + 22_000);
  order.settle(-1);
  assert.deepEqual(texts(order), ['a 0', 'back 0', 'a 1', 'old 0', 'ahead 0', 'a 2']);
});

test('a source is never out of its order, whatever the times, the bucks and the batches', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const next = random(seed);
    const order = new LiveOrder();
    const batches: LogEvent[][] = [];
    let lines = 0;
    for (const source of ['a', 'b', 'c']) {
      for (let offset = 0; offset < 60;) {
        const batch: LogEvent[] = [];
        for (let n = 1 + Math.floor(next() * 5); n > 0; n--, offset++, lines++) batch.push(event(source, offset, start + Math.floor(next() * 5_000)));
        batches.push(batch, ...(next() < 0.5 ? [batch] : []));
      }
    }
    batches.sort(() => next() - 0.5);
    let now = start;
    for (const batch of batches) {
      order.add(batch, next() < 0.8, now += Math.floor(next() * 300));
      if (next() < 0.5) order.settle(-1);
    }
    order.settle(-1);
    const shown = texts(order);
    assert.equal(new Set(shown).size, lines, `seed ${seed}`);
    assert.equal(shown.length, lines, `seed ${seed}`);
    for (const source of ['a', 'b', 'c']) {
      const offsets = shown.filter(text => text.startsWith(source)).map(text => Number(text.slice(2)));
      assert.deepEqual(offsets, [...offsets].sort((x, y) => x - y), `seed ${seed}, source ${source}`);
    }
  }
});

test('the anchor is found again wherever lines were put', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const next = random(seed);
    const order = new LiveOrder();
    order.add(Array.from({ length: 50 }, (_, i) => event('a', i, start + i * 20)), false, start);
    order.settle(-1);
    for (let round = 0; round < 10; round++) {
      const anchor = Math.floor(next() * order.count);
      const key = order.lineAt(anchor).key;
      order.add(Array.from({ length: 5 }, (_, i) => event(`s${round}-${i}`, 0, start + Math.floor(next() * 1_000))), false, start);
      const { moved } = order.settle(anchor);
      assert.equal(order.lineAt(anchor + moved).key, key, `seed ${seed}`);
    }
  }
});

test('the oldest lines go when there are too many, and memory of them with it', () => {
  const order = new LiveOrder();
  for (let i = 0; i < linesMax + 1; i += 1_000) {
    order.add(Array.from({ length: 1_000 }, (_, j) => event('a', i + j, start + i + j)), false, start);
    order.settle(-1);
  }
  assert.ok(order.count <= linesMax);
  assert.equal(order.lineAt(order.count - 1).event.offset, linesMax + 999);
});
