import type { ComponentChildren } from 'preact';
import { ApiProblem, type AnswerSource } from '../api';

export function Problem({ error, testId }: { error: unknown; testId?: string }) {
  const problem = error instanceof ApiProblem ? error : undefined;
  const gone = problem?.status === 401;
  return (
    <div class="notice notice-error" role="alert" data-testid={testId}>
      {problem?.caret === undefined
        ? <span>{gone ? 'This page is no longer signed in. Open the URL printed by tools/up again.' : error instanceof Error ? error.message : String(error)}</span>
        : <pre class="caret">{problem.caret}</pre>}
    </div>
  );
}

/** Says which places gave no answer, so that nobody takes a part for the whole. */
export function Partial({ sources, testId }: { sources: AnswerSource[] | undefined; testId?: string }) {
  const bad = (sources ?? []).filter(s => s.state !== 'ok');
  if (bad.length === 0) return null;
  return (
    <div class="notice notice-warn" role="status" data-testid={testId}>
      <strong>Partial answer.</strong> {bad.map(s => s.error ?? `${s.name} ${s.state}`).join(' · ')}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <div class="empty-title">{title}</div>
      {children !== undefined && <div class="empty-text">{children}</div>}
    </div>
  );
}
