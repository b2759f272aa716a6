/** The answers of a run, as their authors wrote them: Markdown from models, plain text from shells and commands. */
import MarkdownIt from 'markdown-it';
import { formatKnownCost, formatKnownDuration } from '../../amounts.ts';
import type { WorkerView } from '../../engine/projections.ts';
import { finalWorkedMs } from '../../engine/worker-time.ts';
import { workerLook } from '../../graph/look.ts';
import type { Markup } from '../../graph/markup.ts';
import type { PlannedWorker } from '../../plan/plan.ts';
import { printable } from '../printable.ts';
import { badge, escapeHtml } from './html-text.ts';
import type { ReportSource } from './source.ts';

/** Longer reports show the answers folded. */
const MAX_OPEN = 12;

/** A section per answer, in the order of the file; nothing where nobody answered. */
export function answerSection({ view, plan, answers }: ReportSource): Markup {
  const planned = new Map(plan.phases.flatMap(phase => phase.workers.map(worker => [worker.key, worker])));
  const isOpen = answers.size <= MAX_OPEN;
  return view.phases
    .flatMap(phase => phase.workers)
    .flatMap(worker => {
      const text = answers.get(worker.key);
      if (text === undefined) return [];
      const body = writesMarkdown(planned.get(worker.key))
        ? markdown(text)
        : `<pre>${escapeHtml(text)}</pre>`;
      return `<details class="answer"${isOpen ? ' open' : ''}><summary>${heading(worker)}</summary>${body}</details>`;
    })
    .join('\n');
}

function heading(worker: WorkerView): Markup {
  const { tone, word } = workerLook(worker);
  const { usage, label } = worker;
  const took = formatKnownDuration(finalWorkedMs(worker));
  const said = [label, took, formatKnownCost(usage)].filter(part => part).join(' · ');
  return `${escapeHtml(worker.key)} ${badge(tone, word)} <span class="dim">${escapeHtml(said)}</span>`;
}

/** Output of scripts and steps is no Markdown: `#` and `*` in it mean something else. */
function writesMarkdown(worker: PlannedWorker | undefined): boolean {
  const adapter = worker?.routes[0]?.adapter;
  return adapter !== undefined && adapter !== 'shell' && adapter !== 'command';
}

function markdown(text: string): Markup {
  return `<div class="markdown">${renderer.render(printable(text))}</div>`;
}

/** Raw HTML is shown as text, links with dangerous schemes stay text, and nothing is loaded: images become links. */
const renderer = createRenderer();

function createRenderer(): InstanceType<typeof MarkdownIt> {
  const made = new MarkdownIt('default', { html: false, linkify: false });
  made.renderer.rules.image = (tokens, index) => {
    const token = tokens[index];
    const name = token?.content || 'image';
    return `<a href="${escapeHtml(String(token?.attrGet('src') ?? ''))}">${escapeHtml(name)}</a>`;
  };
  return made;
}
