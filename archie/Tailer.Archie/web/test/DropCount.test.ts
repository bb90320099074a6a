import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEvent } from '../src/api';
import { DropCount } from '../src/live/DropCount';
import { LiveOrder } from '../src/live/LiveOrder';

test('a drop counts only while no buck has delivered the packet', () => {
  const drops = new DropCount();
  drops.dropped([{ packet: 'a', matched: 3 }, { packet: 'b', matched: 5 }], 0);
  assert.deepEqual(drops.lines, { count: 8, exact: true });
  drops.delivered('a');
  assert.deepEqual(drops.lines, { count: 5, exact: true });
  drops.delivered('c');
  drops.dropped([{ packet: 'c', matched: 7 }], 0);
  assert.deepEqual(drops.lines, { count: 5, exact: true });
  drops.dropped([], 4);
  assert.deepEqual(drops.lines, { count: 9, exact: false });
  assert.deepEqual(drops.named, ['b']);
});

test('received and dropped are what was sent, whatever three bucks drop, and no line is shown twice or out of order', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = generator(seed);
    const drops = new DropCount();
    const order = new LiveOrder();
    const queues: { events: LogEvent[]; packets: { packet: string; matched: number }[]; dropped: { packet: string; matched: number }[] }[][] = [[], [], []];
    const offsets = [0, 0];
    let sent = 0;
    for (let i = 0; i < 200; i++) {
      const source = random(2);
      const matched = 1 + random(4);
      const packet = `p${i}`;
      const events = Array.from({ length: matched }, (): LogEvent => ({
        source: `s${source}`, offset: offsets[source]++, length: 1, time: `2026-03-01T12:00:${String(i % 60).padStart(2, '0')}.00000000Z`, host: 'h', agent: 'a', text: packet,
      }));
      sent += matched;
      const first = random(3);
      for (const buck of [first, (first + 1 + random(2)) % 3]) {
        const isDropped = random(100) < 30;
        queues[buck]!.push(isDropped ? { events: [], packets: [], dropped: [{ packet, matched }] } : { events, packets: [{ packet, matched }], dropped: [] });
      }
    }
    // Bucks are read in turns of any length.
    let received = 0;
    while (queues.some(q => q.length > 0)) {
      const batch = queues[random(3)]!.shift();
      if (batch === undefined) continue;
      for (const { packet } of batch.packets) drops.delivered(packet);
      drops.dropped(batch.dropped, 0);
      received += order.add(batch.events, true, Date.UTC(2026, 2, 1, 12));
      if (random(5) === 0) order.settle(-1);
    }
    order.settle(-1);
    assert.equal(received + drops.lines.count, sent, `seed ${seed}`);
    assert.ok(drops.lines.exact);
    assert.equal(order.count, received);
    const last = new Map<string, number>();
    for (let i = 0; i < order.count; i++) {
      const { source, offset } = order.lineAt(i).event;
      assert.ok(offset > (last.get(source) ?? -1), `seed ${seed}: ${source} ${offset} stands after ${last.get(source)}`);
      last.set(source, offset);
    }
  }
});

function generator(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
}
