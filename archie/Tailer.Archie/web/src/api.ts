// Shapes and requests of docs/formats/http.md, version 1. Keep in sync.

export type EventFlag = 'continues' | 'partial' | 'timeInherited' | 'altered';

export interface LogEvent {
  source: string;
  offset: number;
  length: number;
  time: string;
  host: string;
  app?: string;
  pid?: number;
  level?: string;
  path?: string;
  agent: string;
  text: string;
  flags?: EventFlag[];
  packet?: string;
}

export interface BuckAddress { name: string; http: string }

export interface EnvironmentConfig {
  name: string;
  bucks: BuckAddress[];
  ticket: string;
  ticketExpires: string;
}

export interface Config { version: string; api: number; environments: EnvironmentConfig[] }

export interface AnswerSource { name: string; state: 'ok' | 'unreachable' | 'timeout' | 'failed'; events?: number; error?: string }

export interface SearchSummary {
  count: number;
  truncated: boolean;
  complete: boolean;
  sources: AnswerSource[];
  watermark?: string;
  scannedEvents?: number;
  scannedBytes?: number;
  elapsedMs: number;
}

export interface HistogramBucket { start: string; count: number; errors?: number; warnings?: number }

export interface Histogram {
  from: string;
  to: string;
  stepSeconds: number;
  total: number;
  truncated: boolean;
  complete: boolean;
  sources: AnswerSource[];
  buckets: HistogramBucket[];
}

export interface EventContext { events: LogEvent[]; index: number; complete: boolean; sources: AnswerSource[] }

export type HistoryState = 'estimated' | 'loading' | 'ready' | 'failed' | 'expired';

export interface HistoryJob {
  id: string;
  env: string;
  start: string;
  end: string;
  query?: string;
  state: HistoryState;
  estimate: {
    bytes: number; segments: number; events: number; unsealedPackets: number; unsealedBytes: number;
    complete: boolean; sources: AnswerSource[];
  };
  progress?: { bytes: number; segments: number; events: number; packets: number };
  created: string;
  expires: string;
  error?: string;
  complete?: boolean;
  sources?: AnswerSource[];
}

export interface BuckStatus {
  name: string; address: string; http: string; state: 'up' | 'down'; error?: string;
  packets?: number; storedBytes?: number; buckets?: number; agents?: number; disks?: DiskStatus[];
}

export interface DiskStatus {
  path: string; number?: number; weight: number; state: 'ok' | 'full' | 'draining' | 'aside';
  freeBytes?: number; reserveBytes?: number; trouble?: string;
}

export interface AgentStatus {
  name: string; host?: string; state: 'ok' | 'lagging' | 'silent' | 'gone'; lastSeen?: string; lagSeconds?: number;
  bucks?: string[]; version?: string; sources?: number; spoolBytes?: number;
  skewSeconds?: number; credentialExpires?: string;
  lagBytes?: number; behind?: { path: string; bytes: number; seconds: number }[];
}

export interface Gap { agent: string; host?: string; path?: string; source: string; from: number; to: number; why: string }

export interface EnvironmentStatus {
  name: string;
  bucks: BuckStatus[];
  agents: AgentStatus[];
  porter: { watermark?: string; lagSeconds?: number; archivedUntil?: string };
  recent: { segments: number; bytes: number; events: number; from?: string; to?: string };
  archive: { segments: number; bytes: number; from?: string; to?: string };
  gaps: Gap[];
}

export interface Status { now: string; environments: EnvironmentStatus[] }

/** A refusal by archie, or no answer at all (`code` is then `network`). */
export class ApiProblem extends Error {
  constructor(readonly code: string, message: string, readonly caret?: string, readonly status?: number) {
    super(message);
  }
}

async function problemOf(response: Response): Promise<ApiProblem> {
  try {
    const body = await response.json() as { code?: string; detail?: string; title?: string; caret?: string };
    return new ApiProblem(body.code ?? 'internal', body.detail ?? body.title ?? response.statusText, body.caret, response.status);
  } catch {
    return new ApiProblem('internal', `archie answered ${response.status} ${response.statusText}`, undefined, response.status);
  }
}

async function request(path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers: { accept: 'application/json', ...init?.headers } });
  } catch (error) {
    if (init?.signal?.aborted) throw error;
    throw new ApiProblem('network', 'archie does not answer. Is it running?');
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

const json = async <T>(path: string, init?: RequestInit): Promise<T> => await (await request(path, init)).json() as T;

export function parameters(values: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && value !== '') search.set(name, String(value));
  return search.toString();
}

export const getConfig = () => json<Config>('/api/v1/config');
export const getTicket = (env: string) => json<{ ticket: string; expires: string }>(`/api/v1/ticket?${parameters({ env })}`);
export const getStatus = (signal?: AbortSignal) => json<Status>('/api/v1/status', { signal });
export const getHistogram = (path: string, signal?: AbortSignal) => json<Histogram>(path, { signal });
export const getContext = (values: Record<string, string | number | undefined>, signal?: AbortSignal) =>
  json<EventContext>(`/api/v1/context?${parameters(values)}`, { signal });

export const listHistory = (signal?: AbortSignal) => json<{ jobs: HistoryJob[] }>('/api/v1/history', { signal });
export const loadHistory = (id: string) => json<HistoryJob>(`/api/v1/history/${id}/load`, { method: 'POST' });
export const deleteHistory = (id: string) => request(`/api/v1/history/${id}`, { method: 'DELETE' });
export const estimateHistory = (job: { env?: string; start: string; end: string; query?: string }) =>
  json<HistoryJob>('/api/v1/history', {
    method: 'POST', body: JSON.stringify(job), headers: { 'content-type': 'application/json' },
  });

/**
 * Reads a streamed search. Events are handed over as they come, in pieces as large as the network gave them.
 * Throws when the answer ends without its summary, because then it was cut off.
 */
export async function streamSearch(path: string, signal: AbortSignal, onEvents: (events: LogEvent[]) => void): Promise<SearchSummary> {
  const response = await request(path, { signal, headers: { accept: 'application/x-ndjson' } });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let summary: SearchSummary | undefined;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    const events: LogEvent[] = [];
    for (const line of lines) {
      if (line === '') continue;
      const item = JSON.parse(line) as { type: string };
      if (item.type === 'event') events.push(item as unknown as LogEvent);
      else if (item.type === 'summary') summary = item as unknown as SearchSummary;
    }
    if (events.length > 0) onEvents(events);
  }
  if (summary === undefined) throw new ApiProblem('internal', 'the answer was cut off before its end; search again');
  return summary;
}
