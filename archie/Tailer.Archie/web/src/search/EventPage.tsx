import { useEffect, useRef, useState } from 'preact/hooks';
import { getContext, type EventContext } from '../api';
import { EventDetails } from '../lines/EventDetails';
import { toLine, type Line } from '../lines/Line';
import type { LineList } from '../lines/LineList';
import { LineListView } from '../lines/LineListView';
import type { Route } from '../route';
import { useShell } from '../Shell';
import { Empty, Partial, Problem } from '../ui/Notice';

/** A permalink: one event among the lines of its source. */
export function EventPage({ route }: { route: Route }) {
  const { zone } = useShell();
  const [, env, source, offset] = route.path;
  const time = route.query.get('time') ?? undefined;
  const history = route.query.get('history') ?? undefined;
  const [context, setContext] = useState<EventContext>();
  const [error, setError] = useState<unknown>();
  const [line, setLine] = useState<Line>();
  const list = useRef<LineList>();

  useEffect(() => {
    const abort = new AbortController();
    setError(undefined);
    setContext(undefined);
    getContext({ env, source, offset, time, history, before: 200, after: 200 }, abort.signal)
      .then(setContext, e => { if (!abort.signal.aborted) setError(e); });
    return () => abort.abort();
  }, [env, source, offset, time, history]);

  useEffect(() => {
    if (context === undefined || list.current === undefined) return;
    const lines = context.events.map(toLine);
    list.current.show(lines.length, i => lines[i]!);
    list.current.center(context.index);
    list.current.select(context.index);
  }, [context]);

  useEffect(() => {
    const pressed = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.metaKey || e.altKey || (e.target as Element).closest('input, textarea, select, button, a')) return;
      if (e.key === 'j') list.current?.step(1);
      else if (e.key === 'k') list.current?.step(-1);
      else if (e.key === 'Escape') list.current?.deselect();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);

  const it = context?.events[context.index];
  return (
    <main class="page">
      <div class="toolbar"><span class="grow mono dim">{it?.path ?? source}{it !== undefined && <> on <b>{it.host}</b></>}</span></div>
      {error !== undefined && <Problem error={error} />}
      <Partial sources={context?.sources} />
      <div class="split">
        <section class="stage">
          <LineListView testId="context-row" label="Lines around the event" mark={undefined} zone={zone} withDay
            onList={made => { list.current = made; }} onOpen={setLine} />
          {context === undefined && error === undefined && <Empty title="Looking for the event…" />}
        </section>
        {line !== undefined && <EventDetails line={line} mark={undefined} history={history} onClose={() => list.current?.deselect()} />}
      </div>
    </main>
  );
}
