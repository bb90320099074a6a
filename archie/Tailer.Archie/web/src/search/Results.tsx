import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { getHistogram, streamSearch, type Histogram, type SearchSummary } from '../api';
import { EventDetails } from '../lines/EventDetails';
import { highlightPattern } from '../lines/highlight';
import { toLine, type Line } from '../lines/Line';
import type { LineList } from '../lines/LineList';
import { LineListView } from '../lines/LineListView';
import { bytes, count, plural } from '../lines/time';
import { useShell } from '../Shell';
import { Empty, Partial, Problem } from '../ui/Notice';
import { HistogramView } from './HistogramView';
import { joinRecords } from './records';

interface Props {
  /** Where to search, without `limit`; another value, or another `run`, is another search. */
  searchPath: string;
  histogramPath: string;
  run: number;
  query: string;
  /** Beginning of the data-testid names: search or history. */
  testId: string;
  rowTestId: string;
  history?: string;
  onRange(from: string, to: string): void;
  onFilter(term: string): void;
  /** What to offer when nothing was found. */
  nothing: ComponentChildren;
}

const limitFirst = 500;
const limitMax = 10_000;

/** The lines of a search, newest first, as they come in; with histogram, summary and details. */
export function Results(props: Props) {
  const { zone } = useShell();
  const { searchPath, histogramPath, run, query } = props;
  const lines = useRef<Line[]>([]);
  const list = useRef<LineList>();
  const [shown, setShown] = useState(0);
  const [summary, setSummary] = useState<SearchSummary>();
  const [error, setError] = useState<unknown>();
  const [histogram, setHistogram] = useState<Histogram>();
  const [line, setLine] = useState<Line>();
  const [limit, setLimit] = useState(limitFirst);
  const mark = useMemo(() => highlightPattern(query), [query]);

  const draw = useCallback(() => {
    list.current?.show(lines.current.length, index => lines.current[index]!);
    setShown(lines.current.length);
  }, []);

  useEffect(() => setLimit(limitFirst), [searchPath, run]);

  useEffect(() => {
    const abort = new AbortController();
    let joined = 0;
    lines.current = [];
    list.current?.deselect();
    setSummary(undefined);
    setError(undefined);
    draw();
    streamSearch(`${searchPath}&limit=${limit}`, abort.signal, events => {
      for (const event of events) lines.current.push(toLine(event));
      joined = joinRecords(lines.current, joined);
      draw();
    }).then(s => { setSummary(s); draw(); }, e => { if (!abort.signal.aborted) setError(e); });
    return () => abort.abort();
  }, [searchPath, run, limit]);

  useEffect(() => {
    const abort = new AbortController();
    setHistogram(undefined);
    // A histogram that fails leaves its place empty: the search beside it says why.
    getHistogram(histogramPath, abort.signal).then(setHistogram, () => undefined);
    return () => abort.abort();
  }, [histogramPath, run]);

  useEffect(() => {
    const pressed = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.metaKey || e.altKey || (e.target as Element).closest('input, textarea, select, button, a')) return;
      if (e.key === 'j') list.current?.step(1);
      else if (e.key === 'k') list.current?.step(-1);
      else if (e.key === 'Escape') list.current?.deselect();
      else return;
      e.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);

  const attach = useCallback((made: LineList) => { list.current = made; draw(); }, []);
  const waiting = summary === undefined && error === undefined;

  return (
    <>
      {error !== undefined && <Problem error={error} testId={`${props.testId}-error`} />}
      <Partial sources={summary?.sources} testId={`${props.testId}-partial`} />
      <HistogramView histogram={histogram} zone={zone} testId={`${props.testId}-histogram`} onRange={props.onRange} />
      <div class="summary" data-testid={`${props.testId}-summary`} data-state={waiting ? 'running' : error !== undefined ? 'failed' : 'done'}>
        {waiting && <span class="is-running">Searching… {shown > 0 && plural(shown, 'line')}</span>}
        {summary !== undefined && <Summary summary={summary} />}
        {summary?.truncated && limit < limitMax && summary.count >= limit &&
          <button class="quiet tiny" onClick={() => setLimit(Math.min(limitMax, limit * 4))}>up to {count(Math.min(limitMax, limit * 4))}</button>}
      </div>
      <div class="split">
        <section class="stage">
          <LineListView testId={props.rowTestId} label="Lines found" mark={mark} zone={zone} withDay onList={attach} onOpen={setLine} />
          {summary !== undefined && shown === 0 && <Empty title="No line found">{props.nothing}</Empty>}
        </section>
        {line !== undefined &&
          <EventDetails line={line} mark={mark} history={props.history} onClose={() => list.current?.deselect()} onFilter={props.onFilter} />}
      </div>
    </>
  );
}

function Summary({ summary }: { summary: SearchSummary }) {
  const seconds = summary.elapsedMs / 1000;
  return (
    <span>
      {summary.truncated ? <>the newest <b>{plural(summary.count, 'line')}</b></> : <b>{plural(summary.count, 'line')}</b>}
      {' '}in {seconds < 1 ? `${Math.round(summary.elapsedMs)} ms` : `${seconds.toFixed(1)} s`}
      {summary.scannedEvents !== undefined && summary.scannedEvents > 0 && <i>
        {' '}· {count(summary.scannedEvents)} looked at{summary.scannedBytes !== undefined && summary.scannedBytes > 0 && ` in ${bytes(summary.scannedBytes)}`}</i>}
    </span>
  );
}
