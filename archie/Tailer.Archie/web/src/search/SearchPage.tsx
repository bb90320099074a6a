import { useMemo, useState } from 'preact/hooks';
import { parameters } from '../api';
import { toIso } from '../lines/time';
import { address, go, type Route } from '../route';
import { useShell } from '../Shell';
import { QueryBox } from '../ui/QueryBox';
import { TimeField } from '../ui/TimeField';
import { presetOf, presets, resolve } from './range';
import { Results } from './Results';

export function SearchPage({ route }: { route: Route }) {
  const { environment, zone } = useShell();
  const query = route.query.get('q') ?? '';
  const preset = presetOf(route.query);
  const [typed, setTyped] = useState(query);
  const [run, setRun] = useState(0);
  const routeKey = route.query.toString();
  const range = useMemo(() => resolve(route.query, Date.now()), [routeKey, run]);

  const search = (values: { q?: string; range?: string; from?: string; to?: string }) => {
    setRun(r => r + 1);
    go(address(['search'], values));
  };
  const timePart = preset === 'custom'
    ? { from: route.query.get('from') ?? undefined, to: route.query.get('to') ?? undefined }
    : { range: preset };
  const choose = (name: string) => {
    if (name !== 'custom') { search({ q: typed.trim(), range: name }); return; }
    const now = Date.now();
    search({ q: typed.trim(), from: range.from ?? new Date(now - 3_600_000).toISOString(), to: new Date(now).toISOString() });
  };
  const path = parameters({ env: environment.name, q: query, from: range.from, to: range.to });

  return (
    <main class="page">
      <div class="toolbar">
        <QueryBox value={query} label="Search" placeholder="Search recent lines:  timeout -health app:nginx" testId="search-input"
          onInput={setTyped} onSubmit={q => search({ q, ...timePart })} />
        <select value={preset} aria-label="Time range" data-testid="search-range" onChange={e => choose(e.currentTarget.value)}>
          {presets.map(p => <option key={p.name} value={p.name}>{p.label}</option>)}
        </select>
        {preset === 'custom' && <>
          <TimeField label="From" value={millis(timePart.from)} zone={zone} onChange={t => search({ q: typed.trim(), from: iso(t), to: timePart.to })} />
          <TimeField label="To" value={millis(timePart.to)} zone={zone} onChange={t => search({ q: typed.trim(), from: timePart.from, to: iso(t) })} />
        </>}
        <button class="primary" data-testid="search-button" onClick={() => search({ q: typed.trim(), ...timePart })}>Search</button>
      </div>
      <Results searchPath={`/api/v1/search?${path}`} histogramPath={`/api/v1/histogram?${path}`} run={run} query={query}
        testId="search" rowTestId="search-row"
        onRange={(from, to) => search({ q: query, from, to })}
        onFilter={term => search({ q: `${query} ${term}`.trim(), ...timePart })}
        nothing={preset === 'all'
          ? <>Lines older than what is kept as recent are in <a href={address(['history'])}>history</a>.</>
          : <>Nothing {query === '' ? '' : 'matches '}in this range. <a href={address(['search'], { q: query, range: 'all' })}>Search all recent lines</a>.</>} />
    </main>
  );
}

const iso = (millis: number | undefined): string | undefined => millis === undefined ? undefined : toIso(millis);
const millis = (text: string | undefined): number | undefined => text === undefined ? undefined : Date.parse(text);
