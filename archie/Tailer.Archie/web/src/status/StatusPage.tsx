import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { getStatus, type AgentStatus, type BuckStatus, type EnvironmentStatus, type Gap, type Status } from '../api';
import { bytes, count, dayAndSecond, duration, plural, type Zone } from '../lines/time';
import { useShell } from '../Shell';
import { Empty, Problem } from '../ui/Notice';
import { disksOf, disksText, isUnwell, type BuckDisk } from './disks';

const refreshMs = 2_000;

export function StatusPage() {
  const { environment, zone } = useShell();
  const [status, setStatus] = useState<Status>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const refresh = async () => {
      try {
        setStatus(await getStatus(abort.signal));
        setError(undefined);
      } catch (e) {
        if (abort.signal.aborted) return;
        setError(e);
      }
      timer = setTimeout(() => void refresh(), refreshMs);
    };
    void refresh();
    return () => { abort.abort(); clearTimeout(timer); };
  }, []);

  const shown = status?.environments.find(e => e.name === environment.name);
  return (
    <main class="page page-scroll">
      {error !== undefined && <Problem error={error} />}
      {shown !== undefined && <Environment status={shown} now={Date.parse(status!.now)} zone={zone} />}
    </main>
  );
}

function Environment({ status, now, zone }: { status: EnvironmentStatus; now: number; zone: Zone }) {
  const { porter, recent, archive } = status;
  const down = status.bucks.filter(b => b.state === 'down').length;
  const disks = disksOf(status.bucks);
  const late = status.agents.filter(a => a.state !== 'ok').length;
  return (
    <div class="status">
      <div class="tiles">
        <Tile title="Bucks" tone={down > 0 ? 'warn' : 'ok'} value={`${status.bucks.length - down} of ${status.bucks.length}`} note={down > 0 ? `${down} down` : 'all up'} />
        <Tile title="Disks" testId="status-disks" tone={disks.some(d => d.disk.state === 'aside') ? 'error' : disks.some(isUnwell) ? 'warn' : 'ok'} {...disksText(disks)} />
        <Tile title="Agents" tone={late > 0 ? 'warn' : 'ok'} value={count(status.agents.length)} note={late > 0 ? `${late} need a look` : 'all in time'} />
        <Tile title="Recent is indexed up to" testId="status-watermark" value={porter.watermark === undefined ? '—' : dayAndSecond(Date.parse(porter.watermark), zone).slice(11)}
          note={porter.watermark === undefined ? 'the porter has not run yet' : `${duration((now - Date.parse(porter.watermark)) / 1000)} ago; newer lines come from the bucks`} />
        <Tile title="Recent" value={plural(recent.events, 'line')} note={`${bytes(recent.bytes)} in ${plural(recent.segments, 'segment')}`} />
        <Tile title="Archive" value={plural(archive.segments, 'segment')}
          note={`${bytes(archive.bytes)}${porter.archivedUntil === undefined ? '' : `, up to ${dayAndSecond(Date.parse(porter.archivedUntil), zone)}`}`} />
        <Tile title="Known gaps" tone={status.gaps.length > 0 ? 'error' : 'ok'} value={count(status.gaps.length)} note={status.gaps.length > 0 ? 'listed below' : 'nothing is missing'} />
      </div>
      <Section title="Bucks"><Bucks bucks={status.bucks} /></Section>
      {disks.length > 0 && <Section title="Disks"><Disks disks={disks} /></Section>}
      <Section title="Agents">
        {status.agents.length === 0
          ? <Empty title="No agent yet">An agent is listed here as soon as it has connected to a buck.</Empty>
          : <Agents agents={status.agents} now={now} />}
      </Section>
      {status.gaps.length > 0 && <Section title="Gaps"><Gaps gaps={status.gaps} /></Section>}
    </div>
  );
}

function Tile({ title, value, note, tone, testId }: { title: string; value: string; note: string; tone?: 'ok' | 'warn' | 'error'; testId?: string }) {
  return (
    <div class={`tile ${tone === undefined ? '' : `tone-${tone}`}`} data-testid={testId}>
      <div class="tile-title">{title}</div>
      <div class="tile-value">{value}</div>
      <div class="tile-note">{note}</div>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return <section class="status-section"><h2>{title}</h2>{children}</section>;
}

const dash = '—';

function Bucks({ bucks }: { bucks: BuckStatus[] }) {
  return (
    <table>
      <thead><tr><th>Name</th><th>State</th><th>Address</th><th class="num">Agents</th><th class="num">Packets</th><th class="num">Buckets</th><th class="num">Stored</th></tr></thead>
      <tbody>{bucks.map(b => (
        <tr key={b.name} data-testid="status-buck" data-state={b.state}>
          <td class="mono">{b.name}</td>
          <td><span class={`dot dot-${b.state}`} />{b.state}{b.error !== undefined && <span class="dim"> · {b.error}</span>}</td>
          <td class="mono dim">{b.address}</td>
          <td class="num">{b.agents === undefined ? dash : count(b.agents)}</td>
          <td class="num">{b.packets === undefined ? dash : count(b.packets)}</td>
          <td class="num">{b.buckets === undefined ? dash : count(b.buckets)}</td>
          <td class="num">{b.storedBytes === undefined ? dash : bytes(b.storedBytes)}</td>
        </tr>
      ))}</tbody>
    </table>
  );
}

function Disks({ disks }: { disks: BuckDisk[] }) {
  return (
    <table>
      <thead><tr><th>Buck</th><th>Disk</th><th>State</th><th class="num">Free</th><th class="num" title="What stays free: below it the disk takes no packets">Reserve</th><th class="num" title="Its share of the packets is this by the sum of its buck's disks">Weight</th></tr></thead>
      <tbody>{disks.map(({ buck, disk }) => (
        <tr key={`${buck}:${disk.path}`} data-testid="status-disk" data-state={disk.state}>
          <td class="mono">{buck}</td>
          <td class="mono">{disk.path}{disk.number !== undefined && <span class="dim"> · {disk.number}</span>}</td>
          <td><span class={`dot dot-${disk.state}`} />{disk.state}{disk.trouble !== undefined && <span class="dim trouble" title={disk.trouble}> · {disk.trouble}</span>}</td>
          <td class={`num ${disk.state === 'full' ? 'warn' : ''}`}>{disk.freeBytes === undefined ? dash : bytes(disk.freeBytes)}</td>
          <td class="num dim">{disk.reserveBytes === undefined ? dash : bytes(disk.reserveBytes)}</td>
          <td class="num dim">{count(disk.weight)}</td>
        </tr>
      ))}</tbody>
    </table>
  );
}

function Agents({ agents, now }: { agents: AgentStatus[]; now: number }) {
  return (
    <table>
      <thead><tr><th>Name</th><th>State</th><th>Connected to</th><th class="num">Sources</th><th class="num">Lag</th><th class="num">Not read</th><th class="num">Spool</th><th class="num">Seen</th><th class="num" title="Its clock minus a buck's">Clock</th><th class="num">Credential</th><th>Version</th></tr></thead>
      <tbody>{agents.map(a => (
        <tr key={a.name} data-testid="status-agent" data-state={a.state}>
          <td class="mono">{a.name}{a.host !== undefined && a.host !== a.name && <span class="dim"> · {a.host}</span>}</td>
          <td><span class={`dot dot-${a.state}`} />{a.state}</td>
          <td class="mono dim">{a.bucks?.join(' ') ?? dash}</td>
          <td class="num">{a.sources === undefined ? dash : count(a.sources)}</td>
          <td class="num">{a.lagSeconds === undefined ? dash : duration(a.lagSeconds)}</td>
          <td class="num" title={a.behind?.map(f => `${f.path}: ${bytes(f.bytes)}, for ${duration(f.seconds)}`).join('\n')}>{a.lagBytes === undefined ? dash : bytes(a.lagBytes)}</td>
          <td class="num">{a.spoolBytes === undefined ? dash : bytes(a.spoolBytes)}</td>
          <td class="num">{a.lastSeen === undefined ? dash : `${duration((now - Date.parse(a.lastSeen)) / 1000)} ago`}</td>
          <td class={`num ${a.skewSeconds !== undefined && Math.abs(a.skewSeconds) >= skewWorthALook ? 'warn' : 'dim'}`}>{skew(a.skewSeconds)}</td>
          <Credential expires={a.credentialExpires} now={now} />
          <td class="dim">{a.version ?? dash}</td>
        </tr>
      ))}</tbody>
    </table>
  );
}

/** Seconds; times of lines and buckets are told by agents' clocks. */
const skewWorthALook = 5;

function skew(seconds: number | undefined): string {
  if (seconds === undefined) return dash;
  return Math.abs(seconds) < 1 ? 'right' : `${duration(Math.abs(seconds))} ${seconds < 0 ? 'behind' : 'ahead'}`;
}

const credentialWorthALookMs = 14 * 86_400_000;

function Credential({ expires, now }: { expires: string | undefined; now: number }) {
  if (expires === undefined) return <td class="num dim">{dash}</td>;
  const left = Date.parse(expires) - now;
  return (
    <td class={`num ${left < credentialWorthALookMs ? 'warn' : 'dim'}`} title={`good until ${expires.slice(0, 19)}Z; tailer keys issue makes a new one`}>
      {left <= 0 ? 'expired' : `${duration(left / 1000).replace(/ [^ ]+ [^ ]+$/, '')} left`}
    </td>
  );
}

function Gaps({ gaps }: { gaps: Gap[] }) {
  return (
    <table>
      <thead><tr><th>Agent</th><th>Path</th><th class="num">From byte</th><th class="num">To byte</th><th>Why</th></tr></thead>
      <tbody>{gaps.map(g => (
        <tr key={`${g.source}:${g.from}`} data-testid="status-gap">
          <td class="mono">{g.agent}</td>
          <td class="mono" title={g.source}>{g.path ?? g.source}</td>
          <td class="num">{count(g.from)}</td>
          <td class="num">{count(g.to)}</td>
          <td>{g.why}</td>
        </tr>
      ))}</tbody>
    </table>
  );
}
