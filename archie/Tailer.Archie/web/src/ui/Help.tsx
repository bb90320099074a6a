import { useEffect, useRef } from 'preact/hooks';

const keys: [string, string][] = [
  ['1 2 3 4', 'Live, Search, History, Status'],
  ['/', 'go to the query'],
  ['Enter', 'apply the query'],
  ['Space', 'pause and resume the live lines'],
  ['j k  ↓ ↑', 'next and previous line'],
  ['c', 'context of the open line'],
  ['End', 'to the newest live line'],
  ['Esc', 'close details, leave the query'],
  ['t', 'dark or light'],
  ['u', 'local time or UTC'],
  ['?', 'this help'],
];

const queries: [string, string][] = [
  ['timeout', 'lines with this term, any case'],
  ['conn*', 'terms that begin so'],
  ['"disk full"', 'this phrase'],
  ['-health', 'without this term'],
  ['(a OR b) c', 'side by side means and'],
  ['host:web* tag:team=shop', 'host app agent path tag level pid'],
  ['level:>=warning', 'warnings and worse'],
  ['status=5*', 'a pair in the line'],
  ['"ctx.Err"~', 'exactly these characters'],
  ['/took [0-9]{4,}ms/', 'regular expression'],
];

export function Help({ onClose }: { onClose(): void }) {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => panel.current?.focus(), []);
  return (
    <div class="veil" onClick={onClose}>
      <div class="help" role="dialog" aria-modal="true" aria-label="Help" tabIndex={-1} ref={panel} data-testid="help-panel"
        onClick={e => e.stopPropagation()}>
        <div class="help-head"><h2>Keys and queries</h2><button class="quiet" onClick={onClose} aria-label="Close">esc</button></div>
        <div class="help-columns">
          <dl>{keys.map(([key, what]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}</dl>
          <dl>{queries.map(([query, what]) => <div key={query}><dt><code>{query}</code></dt><dd>{what}</dd></div>)}</dl>
        </div>
      </div>
    </div>
  );
}
