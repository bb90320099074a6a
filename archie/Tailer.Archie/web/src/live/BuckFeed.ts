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
  queryError(caret: string): void;
  /** A ticket that is good for at least some minutes. */
  ticket(): Promise<string>;
}

const backlogLines = 300;
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
  #lastSeen: number | undefined;
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
    connection.serverTimeoutInMilliseconds = 35_000;
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
    this.events.state(this.buck.name, 'connected');
    this.#subscribe();
  }

  #subscribe(): void {
    const generation = ++this.#generation;
    const since = this.#lastSeen;
    this.#subscription?.dispose();
    const request = since === undefined
      ? { query: this.#query, backlogLines }
      : { query: this.#query, sinceTime: new Date(since - 2_000).toISOString() };
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

  #ended(message: string): void {
    if (this.#stopped) return;
    const query = message.indexOf('bad-query: ');
    if (query >= 0) {
      this.events.queryError(message.slice(query + 'bad-query: '.length));
      return;
    }
    // Anything else (ticket at its end, buck stopping) is answered by a new connection with a new ticket.
    const connection = this.#connection;
    this.#connection = undefined;
    void connection?.stop();
    this.#lost(message);
  }

  #lost(why: string | undefined): void {
    this.#connection = undefined;
    if (this.#stopped || this.#timer !== undefined) return;
    this.events.state(this.buck.name, 'down', why);
    this.#timer = setTimeout(() => { this.#timer = undefined; void this.#connect(); }, this.#retryMs * (0.75 + Math.random() / 2));
    this.#retryMs = Math.min(this.#retryMs * 2, retryMaxMs);
  }
}
