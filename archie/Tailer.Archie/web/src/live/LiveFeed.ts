import { ApiProblem, getTicket, type EnvironmentConfig } from '../api';
import { BuckFeed, type BuckState, type LiveBatch } from './BuckFeed';
import { DropCount } from './DropCount';
import { LiveOrder } from './LiveOrder';

export interface BuckView { name: string; state: BuckState; why?: string }

/** Packets asked for at once: an answer is built up whole. */
const loadPackets = 16;

const awayMax = 20;

/** Who draws the lines: says which one the reader looks at, and is told when they have changed. */
export interface LiveView {
  anchor(): number;
  changed(moved: number): void;
}

/** All bucks of one environment as one ordered flow of lines. Outlives the Live tab, so that nothing is missed meanwhile. */
export class LiveFeed {
  readonly order = new LiveOrder();
  readonly drops = new DropCount();
  readonly bucks: BuckView[];
  view: LiveView | undefined;
  onBucks: (() => void) | undefined;
  query = '';
  queryError: string | undefined;
  received = 0;
  /** Times of which some buck's lines are not here because it, or this page, was away for long. */
  readonly away: { buck: string; from: number; to: number }[] = [];

  #feeds: BuckFeed[];
  #ticket: string;
  #ticketExpires: number;
  #ticketGiven: number;
  #ticketWait: Promise<string> | undefined;
  #scheduled = false;
  #rate: { at: number; received: number }[] = [];

  constructor(readonly environment: EnvironmentConfig) {
    this.#ticket = environment.ticket;
    this.#ticketGiven = Date.now();
    this.#ticketExpires = Date.parse(environment.ticketExpires);
    this.bucks = environment.bucks.map(b => ({ name: b.name, state: 'connecting' }));
    this.#feeds = environment.bucks.map(buck => new BuckFeed(buck, {
      state: (name, state, why) => this.#state(name, state, why),
      batch: (_, batch) => this.#batch(batch),
      away: (name, from, to) => { this.away.push({ buck: name, from, to }); if (this.away.length > awayMax) this.away.shift(); },
      queryError: caret => { this.queryError = caret; this.#schedule(); },
      ticket: () => this.#goodTicket(),
    }));
  }

  start(query: string): void {
    this.query = query;
    for (const feed of this.#feeds) feed.start(query);
    addEventListener('online', this.#wake);
    document.addEventListener('visibilitychange', this.#wake);
  }

  stop(): void {
    for (const feed of this.#feeds) feed.stop();
    removeEventListener('online', this.#wake);
    document.removeEventListener('visibilitychange', this.#wake);
  }

  setQuery(query: string): void {
    if (query === this.query && this.queryError === undefined) return;
    this.query = query;
    this.queryError = undefined;
    this.clear();
    for (const feed of this.#feeds) feed.setQuery(query);
  }

  clear(): void {
    this.order.clear();
    this.drops.clear();
    this.away.length = 0;
    this.received = 0;
    this.#rate = [];
    this.view?.changed(0);
  }

  /** Asks all bucks for the packets that were dropped; returns how many of them none has at hand any more. */
  async loadDropped(): Promise<number> {
    const wanted = this.drops.named;
    const query = this.query;
    let lost = 0;
    for (let i = 0; i < wanted.length && this.query === query; i += loadPackets) {
      let missing = wanted.slice(i, i + loadPackets);
      for (const feed of this.#feeds) {
        if (missing.length === 0) break;
        const asked = missing;
        const answer = await feed.load(asked);
        if (this.query !== query) return lost;
        missing = answer.missing;
        for (const packet of asked) if (!missing.includes(packet)) this.drops.delivered(packet);
        this.received += this.order.add(answer.events, false, Date.now());
        this.#schedule();
      }
      lost += missing.length;
    }
    return lost;
  }

  /** Lines a second over the last five. */
  rate(now: number): number {
    this.#rate.push({ at: now, received: this.received });
    while (this.#rate.length > 2 && this.#rate[0]!.at < now - 5_000) this.#rate.shift();
    const first = this.#rate[0]!;
    return now - first.at < 500 ? 0 : (this.received - first.received) * 1000 / (now - first.at);
  }

  #wake = (): void => {
    if (document.hidden) return;
    // A frame that was asked for just before the page was hidden may never have come.
    this.#settle();
    for (const feed of this.#feeds) feed.wake();
  };

  #batch(batch: LiveBatch): void {
    for (const { packet } of batch.packets ?? []) this.drops.delivered(packet);
    if (batch.dropped !== undefined || batch.droppedMore !== undefined)
      this.drops.dropped(batch.dropped ?? [], batch.droppedMore ?? 0);
    this.received += this.order.add(batch.events ?? [], batch.live, Date.now());
    this.#schedule();
  }

  /** Once a frame while the page is seen; once a second while it is not, since frames stop then and lines do not. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (document.hidden) setTimeout(this.#settle, 1_000);
    else requestAnimationFrame(this.#settle);
  }

  #settle = (): void => {
    if (!this.#scheduled) return;
    this.#scheduled = false;
    const { moved } = this.order.settle(this.view?.anchor() ?? -1);
    this.view?.changed(moved);
  };

  #state(name: string, state: BuckState, why?: string): void {
    const view = this.bucks.find(b => b.name === name)!;
    // While it retries a lost buck stays "down" until it is really back: a dot that flickers says nothing.
    if (state === 'connecting' && view.state === 'down') return;
    view.state = state;
    view.why = why;
    this.onBucks?.();
  }

  #goodTicket(): Promise<string> {
    const now = Date.now();
    if (now < this.#ticketExpires - (this.#ticketExpires - this.#ticketGiven) / 4) return Promise.resolve(this.#ticket);
    this.#ticketWait ??= this.#newTicket().finally(() => { this.#ticketWait = undefined; });
    return this.#ticketWait;
  }

  async #newTicket(): Promise<string> {
    try {
      const { ticket, expires } = await getTicket(this.environment.name);
      this.#ticket = ticket;
      this.#ticketGiven = Date.now();
      this.#ticketExpires = Date.parse(expires);
    } catch (error) {
      // Archie may be down while the bucks are not: the old ticket is good until its end.
      if (!(error instanceof ApiProblem) || Date.now() > this.#ticketExpires) throw error;
    }
    return this.#ticket;
  }
}
