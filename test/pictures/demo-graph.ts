/** The graph of the demo as a picture of its own, in the colours of the editor that shows it. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { graphStyle } from '../../runtime/graph/graph-style.ts';
import { drawGraph } from '../../runtime/graph/graph-svg.ts';
import { layoutGraph } from '../../runtime/graph/layout-graph.ts';
import { tones } from '../../runtime/graph/look.ts';
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
  return `${drawing
    .replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
    .replace('<defs>', `<style>${colors}${graphStyle}</style><defs>`)}\n`;
}

/** Where no editor gives its colours, those of its dark theme. */
const colors = `
.graph { --graph-text: var(--vscode-foreground, #cccccc); --graph-dim: var(--vscode-descriptionForeground, #9d9d9d);
  --graph-line: var(--vscode-widget-border, #45454580); --graph-card: var(--vscode-editorWidget-background, #202020);
  ${tones.map(tone => `--tone-${tone}: var(--vscode-descriptionForeground, #9d9d9d);`).join(' ')} }
`;
