import type { BuckStatus, DiskStatus } from '../api';
import { count } from '../lines/time';

export interface BuckDisk { buck: string; disk: DiskStatus }

/** All disks of the bucks that answer, those that need a look first. */
export function disksOf(bucks: BuckStatus[]): BuckDisk[] {
  const all = bucks.flatMap(b => (b.disks ?? []).map(disk => ({ buck: b.name, disk })));
  return [...all.filter(isUnwell), ...all.filter(d => !isUnwell(d))];
}

/** Draining is what somebody wants. */
export function isUnwell({ disk }: BuckDisk): boolean {
  return disk.state === 'aside' || disk.state === 'full';
}

export function disksText(disks: BuckDisk[]): { value: string; note: string } {
  const aside = disks.filter(d => d.disk.state === 'aside').length;
  const full = disks.filter(d => d.disk.state === 'full').length;
  const notes = [aside > 0 ? `${aside} set aside` : '', full > 0 ? `${full} full` : ''].filter(note => note !== '');
  return {
    value: disks.length === 0 ? '—' : aside + full === 0 ? count(disks.length) : `${count(disks.length - aside - full)} of ${count(disks.length)}`,
    note: disks.length === 0 ? 'no buck answers' : notes.length > 0 ? notes.join(', ') : 'all take packets or are drained',
  };
}
