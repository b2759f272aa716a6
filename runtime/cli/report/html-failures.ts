/** Every failure of a run: what happened, and the end of what the worker printed. */
import type { AttemptView, FailureView, RunView, WorkerView } from '../../engine/projections.ts';
import type { Markup } from '../../graph/markup.ts';
import { escapeHtml } from './html-text.ts';

/** The failures, in the order of the file; nothing where there are none. */
export function failureList(view: RunView): Markup {
  const workers = view.phases.flatMap(phase => phase.workers);
  return workers
    .flatMap(worker => (worker.failure === undefined ? [] : [failure(worker, worker.failure)]))
    .join('\n');
}

function failure(worker: WorkerView, { description, message, tail }: FailureView): Markup {
  const output = tail ? `<pre>${escapeHtml(tail)}</pre>` : '';
  return `<article class="failure">
<h3>${escapeHtml(worker.key)}: ${escapeHtml(description)}</h3>
<p>${escapeHtml(message)}</p>
${output}${earlier(worker.attempts)}
</article>`;
}

/** What the attempts before the last one failed of. */
function earlier(attempts: readonly AttemptView[]): Markup {
  const items = attempts
    .slice(0, -1)
    .flatMap(({ attempt, outcome }) =>
      outcome?.kind === 'failed' ? [`<li>attempt ${attempt}: ${escapeHtml(outcome.message)}</li>`] : [],
    );
  return items.length === 0 ? '' : `<ul>${items.join('')}</ul>`;
}
