import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { getConfig, type Config } from './api';
import { HistoryPage } from './history/HistoryPage';
import type { Zone } from './lines/time';
import { LiveFeed, type BuckView } from './live/LiveFeed';
import { LivePage } from './live/LivePage';
import { address, go, readRoute, useRoute, type Route } from './route';
import { EventPage } from './search/EventPage';
import { SearchPage } from './search/SearchPage';
import { ShellContext, type Shell } from './Shell';
import { StatusPage } from './status/StatusPage';
import { Help } from './ui/Help';
import { chooseTheme, chooseZone, chosenZone, currentTheme } from './ui/look';
import { Empty, Problem } from './ui/Notice';

const tabs = [
  { name: 'live', label: 'Live' },
  { name: 'search', label: 'Search' },
  { name: 'history', label: 'History' },
  { name: 'status', label: 'Status' },
] as const;

const configRetryMs = 2_000;

export function App() {
  const [config, setConfig] = useState<Config>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const load = () => getConfig().then(c => { setConfig(c); setError(undefined); },
      e => { setError(e); timer = setTimeout(load, configRetryMs); });
    void load();
    return () => clearTimeout(timer);
  }, []);
  if (config === undefined) return error === undefined ? null : <div class="page"><Problem error={error} /></div>;
  if (config.environments.length === 0) return <Empty title="No environment">Archie's configuration names none.</Empty>;
  return <Signed config={config} />;
}

function Signed({ config }: { config: Config }) {
  const route = useRoute();
  const [zone, setZone] = useState<Zone>(chosenZone);
  const [theme, setThemeState] = useState(currentTheme);
  const [help, setHelp] = useState(false);
  const [name, setName] = useState(() => (route.path[0] === 'event' ? route.path[1] : undefined) ?? config.environments[0]!.name);
  const environment = config.environments.find(e => e.name === name) ?? config.environments[0]!;
  const feed = useMemo(() => new LiveFeed(environment), [environment]);
  const tab = route.path[0] ?? 'live';
  // A tab keeps its query while another one is looked at.
  const places = useRef<Record<string, string>>({});
  places.current[tab] = location.hash;
  const placeOf = (t: string) => places.current[t] ?? address([t]);

  useEffect(() => {
    const at = readRoute();
    feed.start(at.path[0] === 'live' || at.path.length === 0 ? at.query.get('q') ?? '' : '');
    return () => feed.stop();
  }, [feed]);
  useEffect(() => { document.title = `${tabs.find(t => t.name === tab)?.label ?? 'Event'} · ${environment.name} · Tailer`; }, [tab, environment]);

  const flipTheme = useCallback(() => setThemeState(t => { const to = t === 'dark' ? 'light' : 'dark'; chooseTheme(to); return to; }), []);
  const flipZone = useCallback(() => setZone(z => { const to = z === 'utc' ? 'local' : 'utc'; chooseZone(to); return to; }), []);

  useEffect(() => {
    const pressed = (e: KeyboardEvent) => {
      if (e.key === 'Escape') setHelp(false);
      if (e.ctrlKey || e.metaKey || e.altKey || (e.target as Element).closest('input, textarea, select')) return;
      const digit = Number(e.key);
      if (digit >= 1 && digit <= tabs.length) go(places.current[tabs[digit - 1]!.name] ?? address([tabs[digit - 1]!.name]));
      else if (e.key === '/') document.querySelector<HTMLInputElement>('[data-query]')?.select();
      else if (e.key === '?') setHelp(h => !h);
      else if (e.key === 't') flipTheme();
      else if (e.key === 'u') flipZone();
      else return;
      e.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [flipTheme, flipZone]);

  const shell = useMemo<Shell>(() => ({ config, environment, feed, zone }), [config, environment, feed, zone]);
  return (
    <ShellContext.Provider value={shell}>
      <header class="bar">
        <a class="brand" href={address(['live'])} aria-label="Tailer, live">tailer</a>
        <nav aria-label="Tabs">
          {tabs.map((t, i) => (
            <a key={t.name} href={placeOf(t.name)} class={tab === t.name ? 'tab is-here' : 'tab'} data-testid={`tab-${t.name}`}
              aria-current={tab === t.name ? 'page' : undefined}>{t.label}<kbd>{i + 1}</kbd></a>
          ))}
        </nav>
        <span class="grow" />
        <BuckDots feed={feed} />
        {config.environments.length > 1
          ? <select aria-label="Environment" value={environment.name} onChange={e => setName(e.currentTarget.value)}>
              {config.environments.map(e => <option key={e.name}>{e.name}</option>)}</select>
          : <span class="environment">{environment.name}</span>}
        <button class="quiet" onClick={flipZone} title="Local time or UTC (u)">{zone === 'utc' ? 'UTC' : 'Local'}</button>
        <button class="quiet" onClick={flipTheme} data-testid="theme-toggle" title="Dark or light (t)" aria-label="Dark or light">{theme === 'dark' ? '☾' : '☀'}</button>
        <button class="quiet" onClick={() => setHelp(true)} data-testid="help-button" title="Keys and queries (?)" aria-label="Help">?</button>
      </header>
      <Tab tab={tab} route={route} key={`${tab} ${environment.name}`} />
      {help && <Help onClose={() => setHelp(false)} />}
    </ShellContext.Provider>
  );
}

function Tab({ tab, route }: { tab: string; route: Route }) {
  switch (tab) {
    case 'live': return <LivePage route={route} />;
    case 'search': return <SearchPage route={route} />;
    case 'history': return <HistoryPage route={route} />;
    case 'status': return <StatusPage />;
    case 'event': return <EventPage route={route} />;
    default: return <main class="page"><Empty title="There is no such page"><a href={address(['live'])}>Live lines</a></Empty></main>;
  }
}

const dotTexts = { connected: 'connected', connecting: 'connecting', down: 'not reachable, retrying' } as const;

function BuckDots({ feed }: { feed: LiveFeed }) {
  const [bucks, setBucks] = useState<BuckView[]>(() => feed.bucks.map(b => ({ ...b })));
  useEffect(() => {
    const read = () => setBucks(feed.bucks.map(b => ({ ...b })));
    feed.onBucks = read;
    read();
    return () => { feed.onBucks = undefined; };
  }, [feed]);
  return (
    <span class="bucks" role="status" aria-label="Bucks">
      {bucks.map(b => (
        <span key={b.name} class="buck" data-testid="buck-dot" data-buck={b.name} data-state={b.state}
          title={`${b.name}: ${dotTexts[b.state]}${b.why === undefined || b.why === '' ? '' : ` (${b.why})`}`}>
          <span class={`dot dot-${b.state}`} />{b.name}
        </span>
      ))}
    </span>
  );
}
