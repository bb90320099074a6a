/** A run of text with the classes of its colours and weight. */
export interface AnsiRun { text: string; classes: string }

// CSI sequences, OSC strings, and the two-byte escapes; of these only SGR (…m) is shown, the rest is dropped.
// eslint-disable-next-line no-control-regex
const sequence = /\x1b(?:\[([0-9;:]*)([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g;

interface Style { fore: string; back: string; bold: boolean; dim: boolean; italic: boolean; underline: boolean }

const plain: Style = { fore: '', back: '', bold: false, dim: false, italic: false, underline: false };

/** Splits a line at its SGR sequences (ECMA-48). Colours beyond the sixteen are mapped to the nearest of them. */
export function parseAnsi(text: string): AnsiRun[] {
  const runs: AnsiRun[] = [];
  let style = plain;
  let from = 0;
  sequence.lastIndex = 0;
  for (let match = sequence.exec(text); match !== null; match = sequence.exec(text)) {
    if (match.index > from) runs.push({ text: text.slice(from, match.index), classes: classesOf(style) });
    if (match[2] === 'm') style = apply(style, (match[1] ?? '').split(/[;:]/).map(Number));
    from = sequence.lastIndex;
  }
  if (from < text.length) runs.push({ text: text.slice(from), classes: classesOf(style) });
  return runs;
}

export const hasAnsi = (text: string): boolean => text.includes('\x1b');

export const stripAnsi = (text: string): string => hasAnsi(text) ? text.replace(sequence, '') : text;

function classesOf(style: Style): string {
  const classes: string[] = [];
  if (style.fore !== '') classes.push(`f${style.fore}`);
  if (style.back !== '') classes.push(`b${style.back}`);
  if (style.bold) classes.push('ab');
  if (style.dim) classes.push('ad');
  if (style.italic) classes.push('ai');
  if (style.underline) classes.push('au');
  return classes.join(' ');
}

function apply(before: Style, codes: number[]): Style {
  let style = { ...before };
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 0) style = { ...plain };
    else if (code === 1) style.bold = true;
    else if (code === 2) style.dim = true;
    else if (code === 3) style.italic = true;
    else if (code === 4) style.underline = true;
    else if (code === 22) { style.bold = false; style.dim = false; }
    else if (code === 23) style.italic = false;
    else if (code === 24) style.underline = false;
    else if (code >= 30 && code <= 37) style.fore = String(code - 30);
    else if (code === 39) style.fore = '';
    else if (code >= 40 && code <= 47) style.back = String(code - 40);
    else if (code === 49) style.back = '';
    else if (code >= 90 && code <= 97) style.fore = String(code - 90 + 8);
    else if (code >= 100 && code <= 107) style.back = String(code - 100 + 8);
    else if (code === 38 || code === 48) {
      const [colour, used] = extended(codes, i + 1);
      if (code === 38) style.fore = colour;
      else style.back = colour;
      i += used;
    }
  }
  return style;
}

function extended(codes: number[], at: number): [colour: string, used: number] {
  if (codes[at] === 5) return [nearest256(codes[at + 1] ?? 0), 2];
  if (codes[at] === 2) return [nearest(codes[at + 1] ?? 0, codes[at + 2] ?? 0, codes[at + 3] ?? 0), 4];
  return ['', 1];
}

function nearest256(index: number): string {
  if (index < 16) return String(index);
  if (index >= 232) { const grey = (index - 232) * 10 + 8; return nearest(grey, grey, grey); }
  const cube = index - 16;
  const level = (n: number) => n === 0 ? 0 : 55 + n * 40;
  return nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

function nearest(red: number, green: number, blue: number): string {
  const bright = Math.max(red, green, blue);
  if (bright < 48) return '0';
  const bit = (part: number) => part * 2 > bright ? 1 : 0;
  const base = bit(red) + bit(green) * 2 + bit(blue) * 4;
  if (base === 7 && bright < 160) return '8';
  return String(bright > 200 ? base + 8 : base);
}
