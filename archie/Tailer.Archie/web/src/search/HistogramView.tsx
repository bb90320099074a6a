import { useRef, useState } from 'preact/hooks';
import type { Histogram } from '../api';
import { count, dayAndSecond, plural, toIso, type Zone } from '../lines/time';

interface Props {
  histogram: Histogram | undefined;
  zone: Zone;
  testId: string;
  onRange(from: string, to: string): void;
}

const width = 1_000;
const height = 44;

/** Lines over time, errors and warnings in their colours; drag over it to look closer. */
export function HistogramView({ histogram, zone, testId, onRange }: Props) {
  const svg = useRef<SVGSVGElement>(null);
  const [hover, setHover] = useState<number>();
  const [drag, setDrag] = useState<{ from: number; to: number }>();

  if (histogram === undefined || histogram.buckets.length === 0)
    return <div class="histogram is-empty" data-testid={testId} data-total="0" />;

  const start = Date.parse(histogram.from);
  const end = Math.max(Date.parse(histogram.to), start + 1_000);
  const step = histogram.stepSeconds * 1_000;
  const most = Math.max(...histogram.buckets.map(b => b.count));
  const x = (millis: number) => Math.max(0, Math.min(width, (millis - start) / (end - start) * width));
  const y = (n: number) => n === 0 ? 0 : Math.max(1.5, n / most * (height - 2));
  const timeAt = (event: PointerEvent) => {
    const box = svg.current!.getBoundingClientRect();
    return start + Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * (end - start);
  };
  const hovered = hover === undefined ? undefined
    : histogram.buckets.find(b => hover >= Date.parse(b.start) && hover < Date.parse(b.start) + step);

  return (
    <div class="histogram" data-testid={testId} data-total={histogram.total}>
      <svg ref={svg} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img"
        aria-label={`${plural(histogram.total, 'line')} over time`}
        onPointerDown={e => { e.currentTarget.setPointerCapture(e.pointerId); const t = timeAt(e); setDrag({ from: t, to: t }); }}
        onPointerMove={e => { const t = timeAt(e); setHover(t); if (drag !== undefined) setDrag({ ...drag, to: t }); }}
        onPointerLeave={() => setHover(undefined)}
        onPointerUp={() => {
          if (drag === undefined) return;
          setDrag(undefined);
          const [from, to] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
          if (to - from > (end - start) / 200) onRange(toIso(from), toIso(to));
          else if (hovered !== undefined) onRange(hovered.start, toIso(Date.parse(hovered.start) + step));
        }}>
        {histogram.buckets.map(b => {
          const at = Date.parse(b.start);
          const left = x(at);
          const wide = Math.max(1, x(at + step) - left - Math.min(1.5, step / (end - start) * width * 0.2));
          const errors = y(b.errors ?? 0);
          const warnings = y(b.warnings ?? 0);
          const all = Math.max(y(b.count), errors + warnings);
          return (
            <g key={b.start} class={b === hovered ? 'is-hovered' : ''}>
              <rect class="bar" x={left} width={wide} y={height - all} height={all} />
              <rect class="bar-warn" x={left} width={wide} y={height - errors - warnings} height={warnings} />
              <rect class="bar-error" x={left} width={wide} y={height - errors} height={errors} />
            </g>
          );
        })}
        {drag !== undefined && <rect class="bar-drag" x={Math.min(x(drag.from), x(drag.to))} width={Math.abs(x(drag.to) - x(drag.from))} y={0} height={height} />}
      </svg>
      <div class="histogram-legend">
        <span>{dayAndSecond(start, zone)}</span>
        <span class="histogram-now">
          {hovered === undefined
            ? <>{plural(histogram.total, 'line')} in range{histogram.truncated ? ', counted in part' : ''} · drag to zoom</>
            : <>{dayAndSecond(Date.parse(hovered.start), zone)} · <b>{plural(hovered.count, 'line')}</b>
              {(hovered.errors ?? 0) > 0 && <> · <span class="is-error">{count(hovered.errors!)} errors</span></>}
              {(hovered.warnings ?? 0) > 0 && <> · <span class="is-warn">{count(hovered.warnings!)} warnings</span></>}</>}
        </span>
        <span>{dayAndSecond(end, zone)}</span>
      </div>
    </div>
  );
}
