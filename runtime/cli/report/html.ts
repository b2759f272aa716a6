/** The report of a run as one HTML file without scripts and without anything from the network. Pure. */
import { graphStyle } from '../../graph/graph-style.ts';
import { drawGraph } from '../../graph/graph-svg.ts';
import { listGraph } from '../../graph/graph-text.ts';
import { type GraphLayout, layoutGraph } from '../../graph/layout-graph.ts';
import { runLook } from '../../graph/look.ts';
import type { Markup } from '../../graph/markup.ts';
import { makeRunGraph } from '../../graph/run-graph.ts';
import { answerSection } from './html-answers.ts';
import { costTable } from './html-cost.ts';
import { failureList } from './html-failures.ts';
import { reportStyle } from './html-style.ts';
import { facts, notes, openNeeds, tiles } from './html-summary.ts';
import { badge, escapeHtml, section } from './html-text.ts';
import { timeline } from './html-timeline.ts';
import type { ReportSource } from './source.ts';

/** The whole file. */
export function renderHtmlReport(source: ReportSource): string {
  const { view } = source;
  const { tone, word } = runLook(view);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(`${view.name}: ${word}`)}</title>
<style>${reportStyle}${graphStyle}</style>
</head>
<body>
<header>
<h1>${escapeHtml(view.name)} ${badge(tone, word)}</h1>
${tiles(view)}
</header>
<main>
${facts(source)}
${section('Waits for you', openNeeds(view))}
${section('Failures', failureList(view))}
${section('Phases', graph(source))}
${section('Time line', timeline(source))}
${section('Cost', costTable(view))}
${section('Worth knowing', notes(view))}
${section('Answers', answerSection(source))}
</main>
<footer>Written by niia. This file holds everything it shows.</footer>
</body>
</html>
`;
}

/** Wider drawings are drawn downwards: nobody scrolls a page sideways. In pixels. */
const PAGE_WIDTH = 1000;

function graph({ plan, view }: ReportSource): Markup {
  const model = makeRunGraph(plan, view);
  const right = layoutGraph(model, 'right');
  const layout: GraphLayout = right.width <= PAGE_WIDTH ? right : layoutGraph(model, 'down');
  const drawing = drawGraph(layout, { label: 'Phases and what each waits for', isInteractive: false });
  return `<div class="wide">${drawing}</div>
<details><summary>In words</summary>${listGraph(layout)}</details>`;
}
