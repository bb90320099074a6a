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
  ['"connection reset"', 'these words in this order'],
  ['-health', 'without this term'],
  ['error OR fatal', 'one or the other; ( ) group'],
  ['host:web* app:nginx', 'fields: host app agent path level'],
  ['level:error', 'this severity'],
  ['/user=\\d+/', 'regular expression'],
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
