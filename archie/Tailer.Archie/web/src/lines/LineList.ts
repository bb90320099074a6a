import { hasAnsi, parseAnsi } from './ansi';
import type { Line } from './Line';
import { clock, day, type Zone } from './time';

export const rowHeight = 20;
const overscan = 6;

/** A row shows this much of a line; the details show all of it. */
const rowCharsMax = 2_000;

export interface LineListOptions {
  testId: string;
  /** Keeps to the end while the reader is there. */
  follows: boolean;
  onOpen(line: Line | undefined): void;
  onFollow?(following: boolean): void;
  onNearEnd?(): void;
}

interface Row { element: HTMLElement; time: Text; host: HTMLElement; label: HTMLElement; text: HTMLElement; line?: Line; drawn: number }

/**
 * A list of any length that draws only the rows in sight, from a pool of elements that are filled anew. Plain DOM, since
 * this is the one place where thousands of lines a second meet the screen.
 */
export class LineList {
  following: boolean;

  #rows: Row[] = [];
  #spacer = document.createElement('div');
  #count = 0;
  #lineAt: (index: number) => Line = () => { throw new RangeError('no lines'); };
  #mark: RegExp | undefined;
  #zone: Zone = 'local';
  #withDay = false;
  #drawn = 1;
  #lastTop = 0;
  #selected: { key: string; index: number } | undefined;
  #resize = new ResizeObserver(() => this.#sized());

  constructor(private readonly element: HTMLElement, private readonly options: LineListOptions) {
    this.following = options.follows;
    this.#spacer.className = 'line-space';
    element.append(this.#spacer);
    element.addEventListener('scroll', this.#scrolled, { passive: true });
    element.addEventListener('click', this.#clicked);
    element.addEventListener('keydown', this.#keyed);
    this.#resize.observe(element);
  }

  dispose(): void {
    this.#resize.disconnect();
    this.element.removeEventListener('scroll', this.#scrolled);
    this.element.removeEventListener('click', this.#clicked);
    this.element.removeEventListener('keydown', this.#keyed);
    this.element.replaceChildren();
  }

  get firstVisible(): number { return Math.floor(this.element.scrollTop / rowHeight); }

  show(count: number, lineAt: (index: number) => Line, moved = 0): void {
    this.#count = count;
    this.#lineAt = lineAt;
    this.#spacer.style.height = `${count * rowHeight}px`;
    if (this.#selected !== undefined) this.#selected.index += moved;
    if (this.following) this.element.scrollTop = count * rowHeight;
    else if (moved !== 0) this.element.scrollTop += moved * rowHeight;
    this.#lastTop = this.element.scrollTop;
    this.#draw();
  }

  setLook(mark: RegExp | undefined, zone: Zone, withDay: boolean): void {
    if (this.#mark?.source === mark?.source && this.#zone === zone && this.#withDay === withDay) return;
    this.#mark = mark;
    this.#zone = zone;
    this.#withDay = withDay;
    this.element.classList.toggle('with-day', withDay);
    this.#drawn++;
    this.#draw();
  }

  follow(): void {
    this.#setFollowing(true);
    this.element.scrollTop = this.#count * rowHeight;
    this.#lastTop = this.element.scrollTop;
    this.#draw();
  }

  pause(): void { this.#setFollowing(false); }

  /** Selects by index, keeps it in sight, and opens it. */
  select(index: number): void {
    if (index < 0 || index >= this.#count) return;
    const line = this.#lineAt(index);
    this.#selected = { key: line.key, index };
    if (this.options.follows) this.#setFollowing(false);
    this.reveal(index);
    this.#redrawSelection();
    this.options.onOpen(line);
  }

  deselect(): void {
    if (this.#selected === undefined) return;
    this.#selected = undefined;
    this.#redrawSelection();
    this.options.onOpen(undefined);
  }

  reveal(index: number): void {
    const top = index * rowHeight;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + rowHeight > scrollTop + clientHeight) this.element.scrollTop = top + rowHeight - clientHeight;
  }

  center(index: number): void { this.element.scrollTop = Math.max(0, (index + 0.5) * rowHeight - this.element.clientHeight / 2); }

  step(by: number): void {
    const from = this.#selectedIndex();
    const start = this.options.follows ? Math.min(this.#count - 1, this.firstVisible + Math.floor(this.element.clientHeight / rowHeight) - 1) : 0;
    this.select(from < 0 ? start : Math.max(0, Math.min(this.#count - 1, from + by)));
  }

  focus(): void { this.element.focus({ preventScroll: true }); }

  #selectedIndex(): number {
    const selected = this.#selected;
    if (selected === undefined) return -1;
    // Lines that came late may have pushed it a little; look around where it was.
    for (let away = 0; away < this.#count; away++) {
      for (const index of [selected.index - away, selected.index + away]) {
        if (index >= 0 && index < this.#count && this.#lineAt(index).key === selected.key) {
          selected.index = index;
          return index;
        }
      }
    }
    return -1;
  }

  #setFollowing(following: boolean): void {
    if (this.following === following) return;
    this.following = following;
    this.options.onFollow?.(following);
  }

  #sized(): void {
    if (this.following) this.element.scrollTop = this.#count * rowHeight;
    this.#draw();
  }

  #scrolled = (): void => {
    const { scrollTop, clientHeight } = this.element;
    const left = this.#count * rowHeight - scrollTop - clientHeight;
    if (this.options.follows) {
      // Only a move of the reader resumes: the scroll event of our own last move may still be on its way.
      if (left < rowHeight && scrollTop > this.#lastTop) this.#setFollowing(true);
      else if (scrollTop < this.#lastTop - 1) this.#setFollowing(false);
    }
    if (left < 40 * rowHeight) this.options.onNearEnd?.();
    this.#lastTop = scrollTop;
    this.#draw();
  };

  #clicked = (event: MouseEvent): void => {
    const row = (event.target as Element).closest<HTMLElement>('.row');
    if (row === null || (getSelection()?.toString() ?? '') !== '') return;
    const index = Number(row.dataset['index']);
    if (this.#selected?.key === this.#lineAt(index).key) this.deselect();
    else this.select(index);
  };

  #keyed = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(this.element.clientHeight / rowHeight) - 2);
    const step: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    if (event.key in step && this.#selected !== undefined) this.step(step[event.key]!);
    else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && !this.options.follows) this.step(0);
    else return;
    event.preventDefault();
  };

  #draw(): void {
    const first = Math.max(0, this.firstVisible - overscan);
    const wanted = Math.ceil(this.element.clientHeight / rowHeight) + 2 * overscan;
    const last = Math.min(this.#count, first + wanted);
    while (this.#rows.length < wanted) this.#rows.push(this.#newRow());
    // Index modulo pool size: while scrolling a line keeps its element, and only rows that came into sight are filled.
    const pool = this.#rows.length;
    const used = new Set<number>();
    for (let index = first; index < last; index++) {
      used.add(index % pool);
      this.#fill(this.#rows[index % pool]!, index);
    }
    for (let i = 0; i < pool; i++) {
      const row = this.#rows[i]!;
      if (!used.has(i) && row.line !== undefined) { row.line = undefined; row.element.remove(); }
    }
  }

  #newRow(): Row {
    const element = document.createElement('div');
    element.dataset['testid'] = this.options.testId;
    const time = document.createTextNode('');
    const cell = (name: string) => {
      const span = document.createElement('span');
      span.className = name;
      element.append(span);
      return span;
    };
    cell('cell-time').append(time);
    return { element, time, host: cell('cell-host'), label: cell('cell-label'), text: cell('cell-text'), drawn: 0 };
  }

  #fill(row: Row, index: number): void {
    const line = this.#lineAt(index);
    const place = `translateY(${index * rowHeight}px)`;
    if (row.element.style.transform !== place) {
      row.element.style.transform = place;
      row.element.dataset['index'] = String(index);
    }
    if (row.line === undefined) this.#spacer.append(row.element);
    if (row.line === line && row.drawn === this.#drawn) return;
    row.line = line;
    row.drawn = this.#drawn;
    this.#classify(row);
    row.time.data = this.#withDay ? `${day(line.millis, this.#zone).slice(5)} ${clock(line.millis, this.#zone)}` : clock(line.millis, this.#zone);
    row.host.textContent = line.event.host;
    row.host.className = `cell-host hue-${line.hostHue}`;
    row.label.textContent = line.label;
    row.label.className = `cell-label hue-${line.labelHue}`;
    fillText(row.text, line.event.text, this.#mark);
  }

  #classify(row: Row): void {
    const line = row.line!;
    let classes = 'row';
    if (line.severity !== '') classes += ` is-${line.severity}`;
    if (line.event.flags?.includes('continues')) classes += ' is-continued';
    if (line.key === this.#selected?.key) classes += ' is-selected';
    row.element.className = classes;
  }

  #redrawSelection(): void {
    for (const row of this.#rows) if (row.line !== undefined) this.#classify(row);
  }
}

/** Fills an element with a line's text: colours of the terminal, and the searched words marked. Never as HTML. */
export function fillText(element: HTMLElement, text: string, mark: RegExp | undefined, charsMax = rowCharsMax): void {
  const shown = text.length > charsMax ? `${text.slice(0, charsMax)}…` : text;
  if (!hasAnsi(shown)) {
    if (mark === undefined) element.textContent = shown;
    else element.replaceChildren(...marked(shown, mark));
    return;
  }
  element.replaceChildren(...parseAnsi(shown).map(run => {
    const span = document.createElement('span');
    span.className = run.classes;
    if (mark === undefined) span.textContent = run.text;
    else span.append(...marked(run.text, mark));
    return span;
  }));
}

function marked(text: string, mark: RegExp): Node[] {
  const nodes: Node[] = [];
  let from = 0;
  mark.lastIndex = 0;
  for (let match = mark.exec(text); match !== null && nodes.length < 200; match = mark.exec(text)) {
    if (match[0] === '') { mark.lastIndex++; continue; }
    if (match.index > from) nodes.push(document.createTextNode(text.slice(from, match.index)));
    const element = document.createElement('mark');
    element.textContent = match[0];
    nodes.push(element);
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(document.createTextNode(text.slice(from)));
  return nodes;
}
