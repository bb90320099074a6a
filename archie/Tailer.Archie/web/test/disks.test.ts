import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BuckStatus, DiskStatus } from '../src/api';
import { disksOf, disksText } from '../src/status/disks';

const disk = (path: string, state: DiskStatus['state']): DiskStatus => ({ path, state, weight: 1 });
const buck = (name: string, disks?: DiskStatus[]): BuckStatus => ({ name, address: '', http: '', state: disks === undefined ? 'down' : 'up', disks });

test('disks that need a look come first, and those of bucks that are down are not known', () => {
  const disks = disksOf([buck('a', [disk('/1', 'ok'), disk('/2', 'draining')]), buck('b'), buck('c', [disk('/3', 'full'), disk('/4', 'aside')])]);
  assert.deepEqual(disks.map(d => `${d.buck}${d.disk.path}`), ['c/3', 'c/4', 'a/1', 'a/2']);
  assert.deepEqual(disksText(disks), { value: '2 of 4', note: '1 set aside, 1 full' });
});

test('disks that are well are counted, and none is said to be none', () => {
  assert.deepEqual(disksText(disksOf([buck('a', [disk('/1', 'ok'), disk('/2', 'draining')])])), { value: '2', note: 'all take packets or are drained' });
  assert.deepEqual(disksText(disksOf([buck('a')])), { value: '—', note: 'no buck answers' });
});
