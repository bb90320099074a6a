import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { EventDetails } from '../lines/EventDetails';
import { highlightPattern } from '../lines/highlight';
import type { Line } from '../lines/Line';
import type { LineList } from '../lines/LineList';
import { LineListView } from '../lines/LineListView';
import { count, dayAndSecond, plural } from '../lines/time';
import { address, go, type Route } from '../route';
import { useShell } from '../Shell';
import { Empty } from '../ui/Notice';
import { QueryBox } from '../ui/QueryBox';
import { linesMax, type LiveOrder } from './LiveOrder';

/** Figures change four times a second at most: faster than that they cannot be read. */
const figuresMs = 250;

interface Figures { lines: number; received: number; rate: number; dropped: number; droppedExact: boolean; away: string; error: string | undefined }

export function LivePage({ route }: { route: Route }) {
  const { feed, zone } = useShell();
  const query = route.query.get('q') ?? '';
  const list = useRef<LineList>();
  const [line, setLine] = useState<Line>();
  const [following, setFollowing] = useState(true);
  const [pausedAt, setPausedAt] = useState(0);
  const [loading, setLoading] = useState('');
  const [figures, setFigures] = useState<Figures>(() => read());
  const mark = useMemo(() => highlightPattern(query), [query]);

  function read(): Figures {
    const { count: dropped, exact } = feed.drops.lines;
    return {
      lines: feed.order.count, received: feed.received, rate: feed.rate(Date.now()), dropped, droppedExact: exact, away: describeAway(), error: feed.queryError,
    };
  }

  function describeAway(): string {
    const last = feed.away.at(-1);
    return last === undefined ? '' : `${last.buck} was not connected from ${dayAndSecond(last.from, zone)} to ${dayAndSecond(last.to, zone)}`;
  }

  const load = useCallback(() => {
    setLoading('Loading ...');
    void feed.loadDropped().then(lost => setLoading(lost === 0 ? '' : 'The rest is not at hand any more; search finds it.'));
  }, [feed]);

  useEffect(() => { feed.setQuery(query); setLine(undefined); setLoading(''); }, [feed, query]);
  useEffect(() => {
    const timer = setInterval(() => setFigures(read()), figuresMs);
    return () => clearInterval(timer);
  }, [feed]);

  const attach = useCallback((made: LineList) => {
    list.current = made;
    feed.view = {
      anchor: () => made.following ? -1 : made.firstVisible,
      changed: moved => made.show(feed.order.count, feed.order.lineAt, moved),
    };
    feed.view.changed(0);
    return () => { feed.view = undefined; };
  }, [feed]);

  const toggle = useCallback(() => {
    if (list.current?.following) list.current.pause();
    else list.current?.follow();
  }, []);

  const followed = useCallback((now: boolean) => {
    setFollowing(now);
    setPausedAt(feed.received);
  }, [feed]);

  useEffect(() => {
    const pressed = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.metaKey || e.altKey || (e.target as Element).closest('input, textarea, select, button, a')) return;
      if (e.key === ' ') toggle();
      else if (e.key === 'End') list.current?.follow();
      else if (e.key === 'j') list.current?.step(1);
      else if (e.key === 'k') list.current?.step(-1);
      else if (e.key === 'Escape') list.current?.deselect();
      else return;
      e.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [toggle]);

  const submit = (q: string) => go(address(['live'], { q }), true);
  const fresh = Math.max(0, figures.received - pausedAt);

  return (
    <main class="page">
      <div class="toolbar">
        <QueryBox value={query} label="Filter" placeholder="Filter live lines:  level:&gt;=warning  host:web*  &quot;timed out&quot;" testId="live-filter"
          invalid={figures.error !== undefined} onSubmit={submit} />
        <button class={following ? '' : 'is-on'} onClick={toggle} data-testid="live-pause" aria-pressed={!following}>
          {following ? 'Pause' : 'Resume'} <kbd>space</kbd>
        </button>
        <button onClick={() => feed.clear()} title="Empty the page; nothing is deleted">Clear</button>
        <button onClick={() => save(feed.order)} disabled={figures.lines === 0} data-testid="live-save" title="Save the lines of this page as a file">Save</button>
        <span class="figures" title={`The page keeps the last ${count(linesMax)} lines`}>
          <b data-testid="live-count" data-count={figures.lines}>{count(figures.lines)}</b> lines
          <i>{figures.rate >= 10 ? count(Math.round(figures.rate)) : figures.rate.toFixed(1)}/s</i>
        </span>
      </div>
      {figures.error !== undefined && <div class="notice notice-error" role="alert" data-testid="live-error"><pre class="caret">{figures.error}</pre></div>}
      {figures.dropped > 0 && (
        <div class="notice notice-warn" role="status" data-testid="live-dropped">
          {figures.droppedExact ? '' : 'At most '}{plural(figures.dropped, 'line')} not shown: this page could not keep up.
          They are stored: <button class="tiny" data-testid="live-load" disabled={loading.endsWith('...')} onClick={load}>load them</button> or <a
            href={address(['search'], { q: query, range: '5m' })}>search</a>. A narrower filter keeps up. {loading}
          <button class="quiet tiny" onClick={() => feed.drops.clear()}>dismiss</button>
        </div>
      )}
      {figures.away !== '' && (
        <div class="notice notice-warn" role="status" data-testid="live-away">
          {figures.away}: lines of that time may be missing here; <a href={address(['search'], { q: query, range: '1h' })}>search</a> has them.
          <button class="quiet tiny" onClick={() => { feed.away.length = 0; }}>dismiss</button>
        </div>
      )}
      <div class="split">
        <section class="stage">
          <LineListView testId="live-row" label="Live lines" follows mark={mark} zone={zone} onList={attach} onOpen={setLine} onFollow={followed} />
          {figures.lines === 0 && <Waiting query={query} error={figures.error} />}
          {!following && (
            <button class="pill" data-testid="live-new" onClick={() => list.current?.follow()}>
              {fresh === 0 ? 'Paused' : `${plural(fresh, 'new line')}`} <span aria-hidden="true">↓</span>
            </button>
          )}
        </section>
        {line !== undefined && (
          <EventDetails line={line} mark={mark} onClose={() => list.current?.deselect()} onFilter={term => submit(`${query} ${term}`.trim())} />
        )}
      </div>
    </main>
  );
}

/** The lines as they stand on the page, as a text file. */
function save(order: LiveOrder): void {
  const text = Array.from({ length: order.count }, (_, i) => `${order.lineAt(i).event.text}\n`);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(text, { type: 'text/plain' }));
  link.download = `live-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.log`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function Waiting({ query, error }: { query: string; error: string | undefined }) {
  const { feed } = useShell();
  if (error !== undefined) return <Empty title="The filter cannot be read">Correct it and press Enter.</Empty>;
  if (feed.bucks.every(b => b.state === 'down'))
    return <Empty title="No buck answers">Live lines come from {feed.bucks.map(b => b.name).join(', ')}. The page keeps trying.</Empty>;
  if (query !== '')
    return <Empty title="Waiting for a line that matches">Older ones: <a href={address(['search'], { q: query })}>search for them</a>.</Empty>;
  return <Empty title="Waiting for lines">As soon as an agent reads one, it is here.</Empty>;
}
