import { useEffect, useRef, useState } from 'preact/hooks';
import { getContext, type EventContext } from '../api';
import { address } from '../route';
import { useShell } from '../Shell';
import { Partial, Problem } from '../ui/Notice';
import { toLine, type Line } from './Line';
import { fillText } from './LineList';
import { clock, dayAndClock, plural } from './time';

interface Props {
  line: Line;
  mark: RegExp | undefined;
  history?: string;
  onClose(): void;
  /** Narrows the query of the page to a field's value. */
  onFilter?(term: string): void;
}

const flagTexts: Record<string, string> = {
  continues: 'continues the record before it',
  partial: 'part of a line that was cut',
  timeInherited: 'no readable time of its own; has that of the line before it',
  altered: 'a rule changed its bytes',
};

/** All of one event: its whole text, what is known of it, and the lines around it. */
export function EventDetails({ line, mark, history, onClose, onFilter }: Props) {
  const { zone, environment } = useShell();
  const { event } = line;
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [line.key]);
  useEffect(() => {
    const pressed = (e: KeyboardEvent) => {
      if (e.key === 'c' && !e.ctrlKey && !e.metaKey && !(e.target as Element).closest('input, textarea')) setOpen(o => !o);
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
  const link = address(['event', environment.name, event.source, String(event.offset)], { time: event.time, history });
  const filter = (field: string, value: string | number | undefined) =>
    value === undefined || onFilter === undefined ? undefined : () => onFilter(`${field}:${quote(String(value))}`);

  return (
    <aside class="details" data-testid="event-details" aria-label="Event">
      <header class="details-head">
        <span class={`badge is-${line.severity || 'none'}`}>{event.level ?? 'no level'}</span>
        <span class="mono">{dayAndClock(line.millis, zone)}</span>
        <span class="grow" />
        <button class="quiet" onClick={onClose} aria-label="Close details" title="Esc">✕</button>
      </header>
      <Text text={event.text} mark={mark} />
      <div class="details-actions">
        <button onClick={() => setOpen(!open)} data-testid="event-context" aria-expanded={open}>{open ? 'Hide context' : 'Context'} <kbd>c</kbd></button>
        <CopyButton label="Copy line" text={event.text} />
        <CopyButton label="Copy link" text={new URL(link, location.href).href} />
        <a class="button" href={link} data-testid="event-permalink">Permalink</a>
      </div>
      {open && <Context line={line} history={history} mark={mark} />}
      <dl class="fields">
        <Field name="time" value={event.time} />
        <Field name="host" value={event.host} hue={line.hostHue} onFilter={filter('host', event.host)} />
        <Field name="app" value={event.app} hue={line.labelHue} onFilter={filter('app', event.app)} />
        <Field name="pid" value={event.pid} onFilter={filter('pid', event.pid)} />
        <Field name="level" value={event.level} onFilter={filter('level', event.level)} />
        <Field name="path" value={event.path} onFilter={filter('path', event.path)} />
        <Field name="agent" value={event.agent} onFilter={filter('agent', event.agent)} />
        <Field name="source" value={event.source} />
        <Field name="bytes" value={`${event.offset} … ${event.offset + event.length} (${plural(event.length, 'byte')})`} />
        <Field name="packet" value={event.packet} />
        {event.flags?.map(flag => <Field key={flag} name="note" value={flagTexts[flag] ?? flag} />)}
      </dl>
    </aside>
  );
}

const quote = (value: string): string => /^[\w./@-]+$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;

function Text({ text, mark }: { text: string; mark: RegExp | undefined }) {
  const element = useRef<HTMLPreElement>(null);
  useEffect(() => fillText(element.current!, text, mark, 128 * 1024), [text, mark]);
  return <pre class="details-text" ref={element} data-testid="event-text" tabIndex={0} />;
}

function Field({ name, value, hue, onFilter }: { name: string; value: string | number | undefined; hue?: number; onFilter?: (() => void) | undefined }) {
  if (value === undefined || value === '') return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd class={hue === undefined ? '' : `hue-${hue}`}>{value}</dd>
      {onFilter !== undefined && <button class="quiet tiny" onClick={onFilter} title={`Only lines with this ${name}`}>only</button>}
    </div>
  );
}

function CopyButton({ label, text }: { label: string; text: string }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => setDone(false), 1_200);
    return () => clearTimeout(timer);
  }, [done]);
  // Plain http on another machine's address has no clipboard.
  if (navigator.clipboard === undefined) return null;
  return <button onClick={() => void navigator.clipboard.writeText(text).then(() => setDone(true))}>{done ? 'Copied' : label}</button>;
}

function Context({ line, history, mark }: { line: Line; history: string | undefined; mark: RegExp | undefined }) {
  const { environment, zone } = useShell();
  const [context, setContext] = useState<EventContext>();
  const [error, setError] = useState<unknown>();
  const [around, setAround] = useState(10);
  useEffect(() => {
    const abort = new AbortController();
    setError(undefined);
    const { source, offset, time } = line.event;
    getContext({ env: environment.name, source, offset, time, history, before: around, after: around }, abort.signal)
      .then(setContext, e => { if (!abort.signal.aborted) setError(e); });
    return () => abort.abort();
  }, [line.key, history, around]);
  if (error !== undefined) return <Problem error={error} />;
  if (context === undefined) return <div class="context is-waiting">Looking for the lines around it…</div>;
  return (
    <div class="context">
      <Partial sources={context.sources} />
      <ol>
        {context.events.map((event, i) => {
          const l = toLine(event);
          return (
            <li key={l.key} class={`context-row is-${l.severity || 'none'} ${i === context.index ? 'is-it' : ''}`} data-testid="context-row">
              <span class="cell-time">{clock(l.millis, zone)}</span><ContextText text={event.text} mark={mark} />
            </li>
          );
        })}
      </ol>
      {around < 500 && <button class="quiet tiny" onClick={() => setAround(Math.min(500, around * 3))}>more lines</button>}
    </div>
  );
}

function ContextText({ text, mark }: { text: string; mark: RegExp | undefined }) {
  const element = useRef<HTMLSpanElement>(null);
  useEffect(() => fillText(element.current!, text, mark), [text, mark]);
  return <span class="cell-text" ref={element} />;
}
