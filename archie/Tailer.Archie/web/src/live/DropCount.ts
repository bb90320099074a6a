export interface DroppedPacket { packet: string; matched: number; agent?: string }

/** Packets remembered by name; older ones are only counted. */
const missingMax = 50_000;

/**
 * Lines this page was not sent because it was too slow for a buck. A packet that one buck dropped usually came from
 * another one, so a drop only counts while no buck has delivered that packet.
 */
export class DropCount {
  #delivered = new Set<string>();
  #deliveredBefore = new Set<string>();
  #missing = new Map<string, number>();
  #unnamed = 0;

  delivered(packet: string): void {
    this.#missing.delete(packet);
    this.#delivered.add(packet);
    if (this.#delivered.size > 50_000) {
      this.#deliveredBefore = this.#delivered;
      this.#delivered = new Set();
    }
  }

  dropped(packets: readonly DroppedPacket[], more: number): void {
    for (const { packet, matched } of packets)
      if (!this.#delivered.has(packet) && !this.#deliveredBefore.has(packet)) this.#missing.set(packet, matched);
    this.#unnamed += more;
    for (const [packet, matched] of this.#missing) {
      if (this.#missing.size <= missingMax) break;
      this.#missing.delete(packet);
      this.#unnamed += matched;
    }
  }

  /** Lines missing; `exact` is false when some packets were not named, so that it is "at most". */
  get lines(): { count: number; exact: boolean } {
    let count = this.#unnamed;
    for (const matched of this.#missing.values()) count += matched;
    return { count, exact: this.#unnamed === 0 };
  }

  /** Packets that can be asked for by name, oldest first. */
  get named(): string[] { return [...this.#missing.keys()]; }

  clear(): void {
    this.#missing.clear();
    this.#unnamed = 0;
  }
}
