import { useEffect, useRef } from 'preact/hooks';
import type { Line } from './Line';
import { LineList } from './LineList';
import type { Zone } from './time';

interface Props {
  testId: string;
  label: string;
  follows?: boolean;
  mark: RegExp | undefined;
  zone: Zone;
  withDay?: boolean;
  /** Called once with the list; what it returns is called when the list goes. */
  onList(list: LineList): (() => void) | void;
  onOpen(line: Line | undefined): void;
  onFollow?(following: boolean): void;
}

/** The element a LineList lives in. */
export function LineListView(props: Props) {
  const element = useRef<HTMLDivElement>(null);
  const list = useRef<LineList>();
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const made = new LineList(element.current!, {
      testId: props.testId,
      follows: props.follows ?? false,
      onOpen: line => latest.current.onOpen(line),
      onFollow: following => latest.current.onFollow?.(following),
    });
    list.current = made;
    made.setLook(props.mark, props.zone, props.withDay ?? false);
    const off = latest.current.onList(made);
    return () => { off?.(); made.dispose(); };
  }, []);

  useEffect(() => list.current?.setLook(props.mark, props.zone, props.withDay ?? false), [props.mark, props.zone, props.withDay]);

  return <div class="lines" ref={element} tabIndex={0} role="log" aria-live="off" aria-label={props.label} />;
}
