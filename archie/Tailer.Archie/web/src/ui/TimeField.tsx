import { useEffect, useState } from 'preact/hooks';
import { dayAndSecond, parseTime, type Zone } from '../lines/time';

interface Props {
  label: string;
  /** Milliseconds since the epoch; undefined is an open end. */
  value: number | undefined;
  zone: Zone;
  testId?: string;
  onChange(millis: number | undefined): void;
}

/** A time typed as text: can be pasted, has 24 hours and no locale, and takes `-2h` and `now`. */
export function TimeField({ label, value, zone, testId, onChange }: Props) {
  const shown = value === undefined ? '' : dayAndSecond(value, zone);
  const [text, setText] = useState(shown);
  const [wrong, setWrong] = useState(false);
  useEffect(() => { setText(shown); setWrong(false); }, [shown]);

  const commit = () => {
    if (text === shown) return;
    if (text.trim() === '') { onChange(undefined); return; }
    const millis = parseTime(text, zone, Date.now());
    setWrong(millis === undefined);
    if (millis !== undefined) {
      setText(dayAndSecond(millis, zone));
      onChange(millis);
    }
  };
  return (
    <input type="text" class={`time-field ${wrong ? 'is-wrong' : ''}`} aria-label={label} aria-invalid={wrong} data-testid={testId} value={text}
      spellcheck={false} autocomplete="off" maxLength={40} placeholder={label}
      title={wrong ? 'Not a time. Type 2026-03-01 14:00:00, now, or -2h' : `${label}: 2026-03-01 14:00:00 (${zone === 'utc' ? 'UTC' : 'local time'}), now, or -2h`}
      onInput={e => setText(e.currentTarget.value)} onBlur={commit}
      onKeyDown={e => { if (e.key === 'Enter') commit(); }} />
  );
}
