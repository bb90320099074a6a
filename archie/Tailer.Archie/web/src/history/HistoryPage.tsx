import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { deleteHistory, estimateHistory, listHistory, loadHistory, parameters, type HistoryJob } from '../api';
import { bytes, count, dayAndSecond, duration, plural, toIso } from '../lines/time';
import { address, go, type Route } from '../route';
import { Results } from '../search/Results';
import { useShell } from '../Shell';
import { Empty, Partial, Problem } from '../ui/Notice';
import { QueryBox } from '../ui/QueryBox';
import { TimeField } from '../ui/TimeField';

/** A load moves along quickly on small ranges; a list at rest needs no more than its expiry. */
const busyMs = 400;
const restMs = 5_000;

export function HistoryPage({ route }: { route: Route }) {
  const [jobs, setJobs] = useState<HistoryJob[]>();
  const [error, setError] = useState<unknown>();
  const id = route.path[1];
  const job = jobs?.find(j => j.id === id);

  const refresh = useCallback(async (signal?: AbortSignal) => {
    try {
      setJobs((await listHistory(signal)).jobs);
      setError(undefined);
    } catch (e) {
      if (!signal?.aborted) setError(e);
    }
  }, []);

  const busy = jobs?.some(j => j.state === 'loading') ?? false;
  useEffect(() => {
    const abort = new AbortController();
    void refresh(abort.signal);
    const timer = setInterval(() => void refresh(abort.signal), busy ? busyMs : restMs);
    return () => { clearInterval(timer); abort.abort(); };
  }, [busy, refresh]);

  const act = useCallback(async (action: () => Promise<unknown>) => {
    try {
      await action();
      await refresh();
    } catch (e) {
      setError(e);
    }
  }, [refresh]);

  return (
    <main class="page">
      <div class="history">
        <nav class="history-side">
          <RequestForm onError={setError} onJob={async made => { await refresh(); go(address(['history', made.id])); }} />
          <h2>Requests</h2>
          {jobs?.length === 0 && <p class="dim">None yet.</p>}
          <ul class="jobs">{jobs?.map(j => <JobRow key={j.id} job={j} open={j.id === id} />)}</ul>
        </nav>
        <div class="history-main">
          {error !== undefined && <Problem error={error} />}
          {job !== undefined
            ? <Job key={job.id} job={job} route={route} onLoad={() => void act(() => loadHistory(job.id))}
                onDelete={() => void act(async () => { await deleteHistory(job.id); go(address(['history'])); })} />
            : <Empty title={id === undefined || jobs === undefined ? 'Any range, from the archive' : 'This request is gone'}>
                {id === undefined || jobs === undefined
                  ? 'Choose a start and an end. You see what it costs before anything is loaded, and what was loaded goes away by itself.'
                  : 'It has expired or was deleted. Ask for the range again.'}
              </Empty>}
        </div>
      </div>
    </main>
  );
}

function RequestForm({ onJob, onError }: { onJob(job: HistoryJob): void; onError(error: unknown): void }) {
  const { environment, zone } = useShell();
  const [start, setStart] = useState(() => Date.now() - 2 * 3_600_000);
  const [end, setEnd] = useState(() => Date.now());
  const [query, setQuery] = useState('');
  const [busy, setBusy] = useState(false);
  // A time that is typed and sent by Enter is committed and read within one event, before anything is drawn again.
  const typed = useRef({ start, end });
  const choose = (range: { start?: number | undefined; end?: number | undefined }) => {
    typed.current = { start: range.start ?? typed.current.start, end: range.end ?? typed.current.end };
    setStart(typed.current.start);
    setEnd(typed.current.end);
  };
  const wrong = start >= end;

  const send = async () => {
    const range = typed.current;
    if (range.start >= range.end || busy) return;
    setBusy(true);
    onError(undefined);
    try {
      onJob(await estimateHistory({ env: environment.name, start: toIso(range.start), end: toIso(range.end), query: query.trim() || undefined }));
    } catch (e) {
      onError(e);
    } finally {
      setBusy(false);
    }
  };
  const quick = (hours: number) => { const now = Date.now(); choose({ start: now - hours * 3_600_000, end: now }); };

  return (
    <form class="request" onSubmit={e => { e.preventDefault(); void send(); }}>
      <h2>New request</h2>
      <label>Start <TimeField label="Start" testId="history-start" value={start} zone={zone} onChange={t => choose({ start: t })} /></label>
      <label>End <TimeField label="End" testId="history-end" value={end} zone={zone} onChange={t => choose({ end: t })} /></label>
      <div class="quick">{[[1, '1 h'], [24, '24 h'], [168, '7 d']].map(([hours, label]) =>
        <button key={label} type="button" class="quiet tiny" onClick={() => quick(Number(hours))}>last {label}</button>)}</div>
      <label><span>Query <span class="dim">· optional, loads less</span></span>
        <input type="text" class="mono" data-testid="history-query" value={query} spellcheck={false} autocomplete="off" maxLength={4096}
          placeholder="host:web* level:error" onInput={e => setQuery(e.currentTarget.value)} />
      </label>
      {wrong && <p class="is-error">The end is before the start.</p>}
      <button class="primary" data-testid="history-estimate" disabled={wrong || busy}>{busy ? 'Estimating…' : 'Estimate'}</button>
    </form>
  );
}

function JobRow({ job, open }: { job: HistoryJob; open: boolean }) {
  const { zone } = useShell();
  return (
    <li>
      <a class={`job ${open ? 'is-open' : ''}`} href={address(['history', job.id])} data-testid="history-job" data-id={job.id}>
        <span class="job-range">{dayAndSecond(Date.parse(job.start), zone).slice(5)} – {dayAndSecond(Date.parse(job.end), zone).slice(5)}</span>
        {job.query !== undefined && job.query !== '' && <code>{job.query}</code>}
        <span class={`job-state is-${job.state}`}>{job.state}{job.state === 'ready' && <Expires at={job.expires} />}</span>
        {job.state === 'loading' && <progress max={1} value={fraction(job)} />}
      </a>
    </li>
  );
}

function Expires({ at }: { at: string }) {
  const left = (Date.parse(at) - Date.now()) / 1000;
  return <span class="dim"> · {left > 0 ? `expires in ${duration(left > 120 ? Math.round(left / 60) * 60 : left)}` : 'expires now'}</span>;
}

function fraction(job: HistoryJob): number {
  const { estimate, progress } = job;
  if (job.state === 'ready') return 1;
  if (progress === undefined) return 0;
  const all = estimate.bytes + estimate.unsealedBytes;
  if (all > 0) return Math.min(1, progress.bytes / all);
  return estimate.segments === 0 ? 0 : Math.min(1, progress.segments / estimate.segments);
}

function Job({ job, route, onLoad, onDelete }: { job: HistoryJob; route: Route; onLoad(): void; onDelete(): void }) {
  const { zone } = useShell();
  const nothing = job.estimate.segments === 0 && job.estimate.unsealedPackets === 0;
  return (
    <>
      <header class="job-head">
        <div class="grow">
          <div class="job-title">{dayAndSecond(Date.parse(job.start), zone)} – {dayAndSecond(Date.parse(job.end), zone)}{' '}
            {job.query !== undefined && job.query !== '' && <code>{job.query}</code>}</div>
          <div class="dim" data-testid="history-estimated">
            {nothing ? 'Nothing is stored for this range.' : <>
              {plural(job.estimate.segments, 'segment')}, {bytes(job.estimate.bytes)}, up to {count(job.estimate.events)} lines
              {job.estimate.unsealedPackets > 0 && <> · {plural(job.estimate.unsealedPackets, 'packet')} ({bytes(job.estimate.unsealedBytes)}) not archived yet, from the bucks</>}</>}
          </div>
        </div>
        <span class={`job-state is-${job.state}`} data-testid="history-state" data-state={job.state}>
          {job.state}{(job.state === 'ready' || job.state === 'estimated') && <Expires at={job.expires} />}</span>
        {(job.state === 'estimated' || job.state === 'failed') &&
          <button class="primary" data-testid="history-load" onClick={onLoad} disabled={nothing}>{job.state === 'failed' ? 'Load again' : 'Load'}</button>}
        <button data-testid="history-delete" onClick={onDelete}>Delete</button>
      </header>
      <Partial sources={job.sources ?? job.estimate.sources} />
      {job.state === 'failed' && <div class="notice notice-error" role="alert">{job.error ?? 'The load failed.'}</div>}
      {(job.state === 'loading' || job.state === 'ready') &&
        <div class={`load ${job.state === 'ready' ? 'is-done' : ''}`} data-testid="history-progress" data-fraction={fraction(job).toFixed(2)}>
          <progress max={1} value={fraction(job)} />
          <span class="dim">
            {job.progress === undefined ? 'starting' : <>{bytes(job.progress.bytes)} · {count(job.progress.segments)} of {plural(job.estimate.segments, 'segment')} · {count(job.progress.events)} lines</>}
          </span>
        </div>}
      {job.state === 'ready' && <JobSearch job={job} route={route} />}
      {job.state === 'estimated' && !nothing && <Empty title="Not loaded yet">Press Load, watch it come, then search in it.</Empty>}
      {job.state === 'expired' && <Empty title="Expired">Its files are gone. Ask for the range again.</Empty>}
    </>
  );
}

function JobSearch({ job, route }: { job: HistoryJob; route: Route }) {
  const query = route.query.get('q') ?? '';
  const from = route.query.get('from') ?? undefined;
  const to = route.query.get('to') ?? undefined;
  const [typed, setTyped] = useState(query);
  const [run, setRun] = useState(0);
  const search = (values: { q?: string; from?: string; to?: string }) => {
    setRun(r => r + 1);
    go(address(['history', job.id], values));
  };
  const path = parameters({ q: query, from, to });
  return (
    <>
      <div class="toolbar">
        <QueryBox value={query} label="Search in this history" placeholder="Search in what was loaded" testId="history-search-input"
          onInput={setTyped} onSubmit={q => search({ q, from, to })} />
        {(from !== undefined || to !== undefined) && <button onClick={() => search({ q: typed.trim() })}>Whole range</button>}
        <button class="primary" data-testid="history-search-button" onClick={() => search({ q: typed.trim(), from, to })}>Search</button>
      </div>
      <Results searchPath={`/api/v1/history/${job.id}/search?${path}`} histogramPath={`/api/v1/history/${job.id}/histogram?${path}`}
        run={run} query={`${job.query ?? ''} ${query}`} testId="history" rowTestId="history-row" history={job.id}
        onRange={(f, t) => search({ q: query, from: f, to: t })}
        onFilter={term => search({ q: `${query} ${term}`.trim(), from, to })}
        nothing="Nothing matches in what was loaded." />
    </>
  );
}
