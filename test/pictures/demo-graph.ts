/** The graph of the demo as a picture of its own, in the colours of the editor that shows it. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { drawGraph } from '../../runtime/graph/graph-svg.ts';
import { layoutGraph } from '../../runtime/graph/layout-graph.ts';
import { makeRunGraph } from '../../runtime/graph/run-graph.ts';
import type { Plan } from '../../runtime/plan/plan.ts';

/** Draws the plan that the built program makes of the demo. */
export function demoGraph(root: string): string {
  const argv = [join(root, 'dist/niia.js'), 'plan', 'demo.connector.json', '--json'];
  const planned = execFileSync(process.execPath, argv, { cwd: join(root, 'examples'), encoding: 'utf8' });
  // Made by the program of the same tree.
  const plan = JSON.parse(planned) as Plan;
  const drawing = drawGraph(layoutGraph(makeRunGraph(plan), 'down'), {
    label: 'Graph of the demo',
    isInteractive: false,
  });
  const picture = drawing.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ');
  return `${Object.entries(attributes).reduce((text, [name, more]) => painted(text, name, more), picture)}\n`;
}

function painted(picture: string, name: string, attributes: string): string {
  return picture.replaceAll(`class="${name}"`, `class="${name}" ${attributes}`);
}

const dim = 'var(--vscode-descriptionForeground, #9d9d9d)';
const font = 'font-family="system-ui, sans-serif"';
const text = `${font} fill="var(--vscode-foreground, #cccccc)"`;

/** What the style sheet says, as attributes: walkthroughs show pictures without their style sheets. */
const attributes: Readonly<Record<string, string>> = {
  card: 'fill="var(--vscode-editorWidget-background, #202020)" stroke="var(--vscode-widget-border, #454545)"',
  row: 'fill="none"',
  name: `${text} font-weight="600" font-size="13"`,
  title: `${text} font-size="12"`,
  text: `${font} fill="${dim}" font-size="11.5"`,
  edge: `fill="none" stroke="${dim}" stroke-width="1.3"`,
  sign: `color="${dim}"`,
};
