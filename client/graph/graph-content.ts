/** The content of a graph's page: head, drawing and words, and what has to be repainted after a change. */
import { t } from '@vscode/l10n';
import type { RunView } from '../../runtime/engine/projections.ts';
import { changedFaces, type Face, facesOf, shapeOf } from '../../runtime/graph/faces.ts';
import { drawGraph } from '../../runtime/graph/graph-svg.ts';
import { listGraph } from '../../runtime/graph/graph-text.ts';
import { type GraphLayout, layoutGraph } from '../../runtime/graph/layout-graph.ts';
import { escapeMarkup, type Markup } from '../../runtime/graph/markup.ts';
import { makeRunGraph, type RunGraph } from '../../runtime/graph/run-graph.ts';
import type { Plan } from '../../runtime/plan/plan.ts';
import type { PageButton, ToPage } from './graph-messages.ts';

/** What a page shows. */
export interface GraphContent {
  readonly graph: RunGraph;
  readonly html: Markup;
  readonly faces: readonly Face[];
  /** Two contents with the same shape differ in their faces only. */
  readonly shape: string;
}

/** The content for a plan, with the states of its run if there is one. */
export function graphContent(plan: Plan, view?: RunView): GraphContent {
  const graph = makeRunGraph(plan, view);
  const layout = layoutGraph(graph, 'down');
  const faces = [headFace(graph), ...facesOf(layout)];
  const buttons = buttonsOf(graph);
  return {
    graph,
    html: contentHtml(layout, buttons),
    faces,
    shape: `${graph.run ?? ''} ${buttons.join()} ${shapeOf(graph)}`,
  };
}

/** What tells a page that shows `before` to show `after`; undefined if both look the same. */
export function pageUpdate(before: GraphContent | undefined, after: GraphContent): ToPage | undefined {
  if (before?.shape !== after.shape) return { kind: 'content', html: after.html };
  const faces = changedFaces(before.faces, after.faces);
  return faces.length === 0 ? undefined : { kind: 'faces', faces };
}

/** A page that has nothing to draw, and why. */
export function messageHtml(message: string): Markup {
  return `<p class="message" role="status">${escapeMarkup(message)}</p>`;
}

const HEAD = 'run';

function headFace({ look }: RunGraph): Face {
  const text = [look.word, look.detail].filter(part => part !== '').join(' · ');
  return { id: HEAD, tone: look.tone, text, label: text };
}

function contentHtml(layout: GraphLayout, buttons: readonly PageButton[]): Markup {
  const { graph } = layout;
  const { tone, text } = headFace(graph);
  const label = graph.run === undefined ? t('Plan of {0}', graph.name) : t('Run {0}', graph.run);
  return `<header>
<h1>${escapeMarkup(graph.name)}</h1>
<p class="state" role="status" data-id="${HEAD}" data-tone="${tone}"><span class="text">${escapeMarkup(text)}</span></p>
<p class="buttons">${buttons.map(button => `<button data-button="${button}">${escapeMarkup(buttonText(button))}</button>`).join('')}</p>
</header>
${drawGraph(layout, { label, isInteractive: true })}
<details class="words"><summary>${escapeMarkup(t('In words'))}</summary>${listGraph(layout)}</details>`;
}

function buttonsOf({ run, look }: RunGraph): readonly PageButton[] {
  if (run === undefined) return ['run', 'plan'];
  const isOver = look.tone === 'bad' || look.tone === 'stopped';
  return isOver ? ['retry', 'report'] : ['report'];
}

function buttonText(button: PageButton): string {
  switch (button) {
    case 'run':
      return t('Run');
    case 'plan':
      return t('Plan as text');
    case 'report':
      return t('Report');
    case 'retry':
      return t('Retry');
  }
}
