import { HubConnection, HubConnectionBuilder, HttpTransportType, LogLevel, type ISubscription } from '@microsoft/signalr';
import type { BuckAddress, LogEvent } from '../api';
import type { DroppedPacket } from './DropCount';

export interface LiveBatch {
  events?: LogEvent[];
  packets?: { packet: string; matched: number }[];
  dropped?: DroppedPacket[];
  droppedMore?: number;
  live: boolean;
}

export type BuckState = 'connecting' | 'connected' | 'down';

export interface BuckFeedEvents {
  state(buck: string, state: BuckState, why?: string): void;
  batch(buck: string, batch: LiveBatch): void;
  /** This buck was away for so long that what came meanwhile is not asked for. */
  away(buck: string, from: number, to: number): void;
  queryError(caret: string): void;
  /** A ticket that is good for at least some minutes. */
  ticket(): Promise<string>;
}

const backlogLines = 300;

/** After a break the page asks for what came since; after a longer one it begins anew, and says so. */
const resumeMaxMs = 10 * 60_000;

/** A broken connection is noticed that late. */
const serverTimeoutMs = 35_000;

/** Since when is told by agents' clocks, which may be behind the buck's by so much. Lines that are here already are known by their offsets. */
const skewMs = 30_000;

const retryFirstMs = 500;
const retryMaxMs = 10_000;

/**
 * One buck's live stream, kept up for as long as the page is open. It retries on its own, with growing pauses, so that a
 * buck that is down costs the others nothing. After a break it asks for what came since, and the page dedupes.
 */
export class BuckFeed {
  #connection: HubConnection | undefined;
  #subscription: ISubscription<LiveBatch> | undefined;
  #query = '';
  #generation = 0;
  /** When this feed was last known to work, by the clock of this page. */
  #lastSeen: number | undefined;
  /** What to add to the clock of this page to have the buck's. */
  #clockAheadMs = 0;
  #retryMs = retryFirstMs;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = true;

  constructor(readonly buck: BuckAddress, private readonly events: BuckFeedEvents) {}

  start(query: string): void {
    this.#stopped = false;
    this.#query = query;
    void this.#connect();
  }

  /** Asks for other lines, on the same connection. */
  setQuery(query: string): void {
    this.#query = query;
    this.#lastSeen = undefined;
    if (this.#connection !== undefined) this.#subscribe();
  }

  /** Tries at once, when the network or the page has come back. */
  wake(): void {
    if (this.#timer === undefined) return;
    this.#retryMs = retryFirstMs;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#generation++;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#subscription?.dispose();
    void this.#connection?.stop();
    this.#connection = undefined;
  }

  async #connect(): Promise<void> {
    if (this.#stopped) return;
    this.events.state(this.buck.name, 'connecting');
    const connection = new HubConnectionBuilder()
      .withUrl(`${this.buck.http}/live`, {
        skipNegotiation: true,
        transport: HttpTransportType.WebSockets,
        accessTokenFactory: () => this.events.ticket(),
      })
      .configureLogging(LogLevel.None)
      .build();
    connection.serverTimeoutInMilliseconds = serverTimeoutMs;
    connection.onclose(error => { if (this.#connection === connection) this.#lost(error?.message); });
    try {
      await connection.start();
    } catch (error) {
      if (!this.#stopped) this.#lost(error instanceof Error ? error.message : String(error));
      return;
    }
    if (this.#stopped) { void connection.stop(); return; }
    this.#connection = connection;
    this.#retryMs = retryFirstMs;
    await this.#readClock(connection);
    if (this.#stopped || this.#connection !== connection) return;
    this.events.state(this.buck.name, 'connected');
    this.#subscribe();
  }

  #subscribe(): void {
    const generation = ++this.#generation;
    let since = this.#lastSeen;
    if (since !== undefined && Date.now() - since > resumeMaxMs) {
      this.events.away(this.buck.name, since, Date.now());
      since = undefined;
    }
    this.#subscription?.dispose();
    const request = since === undefined
      ? { query: this.#query, backlogLines }
      : { query: this.#query, sinceTime: new Date(since + this.#clockAheadMs - skewMs).toISOString() };
    this.#lastSeen ??= Date.now();
    this.#subscription = this.#connection!.stream<LiveBatch>('Subscribe', request).subscribe({
      next: batch => {
        if (generation !== this.#generation) return;
        if (batch.live) this.#lastSeen = Date.now();
        this.events.batch(this.buck.name, batch);
      },
      error: (error: Error) => { if (generation === this.#generation) this.#ended(error.message ?? ''); },
      complete: () => { if (generation === this.#generation) this.#ended(''); },
    });
  }

  /** Lines of packets by id, as far as this buck still has them at hand. */
  async load(packets: readonly string[]): Promise<{ events: LogEvent[]; missing: string[] }> {
    const connection = this.#connection;
    if (connection === undefined) return { events: [], missing: [...packets] };
    try {
      return await connection.invoke('Load', packets, this.#query);
    } catch {
      return { events: [], missing: [...packets] };
    }
  }

  async #readClock(connection: HubConnection): Promise<void> {
    try {
      const before = Date.now();
      const now = Date.parse((await connection.invoke<string>('Now')).slice(0, 23) + 'Z');
      this.#clockAheadMs = now - (before + Date.now()) / 2;
    } catch {
      // An older buck does not say: its clock is taken for this page's.
      this.#clockAheadMs = 0;
    }
  }

  #ended(message: string): void {
    if (this.#stopped) return;
    const query = message.indexOf('bad-query: ');
    if (query >= 0) {
      this.events.queryError(message.slice(query + 'bad-query: '.length));
      return;
    }
    // Anything else (ticket at its end, buck stopping) is answered by a new connection with a new ticket.
    const connection = this.#connection;
    this.#lost(message);
    void connection?.stop();
  }

  #lost(why: string | undefined): void {
    // Nothing may have come for as long as a silent connection is believed in.
    if (this.#connection !== undefined && this.#lastSeen !== undefined) this.#lastSeen = Math.max(this.#lastSeen, Date.now() - serverTimeoutMs - 5_000);
    this.#connection = undefined;
    if (this.#stopped || this.#timer !== undefined) return;
    this.events.state(this.buck.name, 'down', why);
    this.#timer = setTimeout(() => { this.#timer = undefined; void this.#connect(); }, this.#retryMs * (0.75 + Math.random() / 2));
    this.#retryMs = Math.min(this.#retryMs * 2, retryMaxMs);
  }
}
