/**
 * The words of a query worth marking in a line: plain terms and quoted phrases that are not negated and have no field.
 * Only a hint for the eye: what matches is decided by archie and the bucks.
 */
export function highlightPattern(query: string): RegExp | undefined {
  const words: string[] = [];
  const token = /(-?)(?:(host|app|agent|path|tag|level|pid):)?(?:([\w.-]+)=)?(?:"((?:[^"\\]|\\.)*)"(?:~i?)?|\/((?:[^/\\]|\\.)+)\/i?|([^\s()"]+))/g;
  for (const match of query.matchAll(token)) {
    const [, minus, field, key, phrase, regex, word] = match;
    if (minus === '-' || field !== undefined || key !== undefined) continue;
    if (regex !== undefined) {
      try { words.push(new RegExp(regex).source); } catch { /* not valid here; archie has the last word */ }
    } else if (phrase !== undefined && phrase.trim() !== '') {
      words.push(escape(phrase.replace(/\\(["\\])/g, '$1')));
    } else if (word !== undefined && !/^(AND|OR|NOT)$/.test(word)) {
      const bare = word.replace(/^\*+|\*+$/g, '');
      if (bare !== '') words.push(bare.split('*').map(escape).join('\\w*?'));
    }
  }
  if (words.length === 0) return undefined;
  try {
    return new RegExp(words.map(w => `(?:${w})`).join('|'), 'gi');
  } catch {
    return undefined;
  }
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
