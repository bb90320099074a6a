import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

interface Props {
  value: string;
  label: string;
  placeholder: string;
  testId: string;
  invalid?: boolean;
  onSubmit(query: string): void;
  /** Called with what is typed, for boxes beside other inputs that are sent together. */
  onInput?(query: string): void;
  inputRef?: RefObject<HTMLInputElement>;
}

/** A query, applied on Enter. `/` goes to the first one on the page. */
export function QueryBox({ value, label, placeholder, testId, invalid, onSubmit, onInput, inputRef }: Props) {
  const [text, setText] = useState(value);
  const own = useRef<HTMLInputElement>(null);
  const input = inputRef ?? own;
  useEffect(() => setText(value), [value]);
  const change = (to: string) => { setText(to); onInput?.(to); };
  return (
    <div class={`query ${invalid ? 'is-invalid' : ''}`}>
      <input ref={input} type="text" value={text} placeholder={placeholder} aria-label={label} data-testid={testId} data-query
        spellcheck={false} autocomplete="off" autocapitalize="off" maxLength={4096}
        onInput={e => change(e.currentTarget.value)}
        onKeyDown={e => {
          if (e.key === 'Enter') onSubmit(text.trim());
          if (e.key === 'Escape') e.currentTarget.blur();
        }} />
      {text !== '' && <button class="quiet tiny" aria-label="Clear" onClick={() => { change(''); onSubmit(''); input.current?.focus(); }}>✕</button>}
      {text === '' && <kbd>/</kbd>}
    </div>
  );
}
