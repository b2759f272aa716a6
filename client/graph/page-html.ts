/** The page of a graph: the frame that content is put into, in the colours of the editor's theme. */
import { graphStyle } from '../../runtime/graph/graph-style.ts';
import { escapeMarkup, type Markup } from '../../runtime/graph/markup.ts';
import type { GraphTarget } from './graph-target.ts';

/** What the frame needs of the editor. */
export interface PageFrame {
  /** Address of the page's script, as the page can load it. */
  readonly script: string;
  /** Fresh and unguessable for every page: only what carries it runs. */
  readonly nonce: string;
  readonly target: GraphTarget;
  /** For the window's title and those who do not see it. */
  readonly title: string;
  /** BCP 47 name of the language of the texts. */
  readonly language: string;
  /** What it shows until its content comes. */
  readonly waiting: Markup;
}

/** The page before its content: its script asks for the content when it is ready. */
export function pageHtml({ script, nonce, target, title, language, waiting }: PageFrame): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'`;
  const state = target.kind === 'run' ? { run: target.run } : { uri: target.uri };
  return `<!doctype html>
<html lang="${escapeMarkup(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeMarkup(title)}</title>
<style nonce="${nonce}">${graphStyle}${pageStyle}</style>
</head>
<body>
<main id="content" data-state="${escapeMarkup(JSON.stringify(state))}">${waiting}</main>
<script nonce="${nonce}" src="${escapeMarkup(script)}"></script>
</body>
</html>
`;
}

const pageStyle = `
:root {
  --graph-font: var(--vscode-font-family); --graph-text: var(--vscode-foreground); --graph-dim: var(--vscode-descriptionForeground);
  --graph-line: var(--vscode-widget-border, var(--vscode-panel-border, #8886)); --graph-card: var(--vscode-editorWidget-background);
  --tone-idle: var(--vscode-descriptionForeground); --tone-busy: var(--vscode-charts-blue);
  --tone-attention: var(--vscode-charts-orange); --tone-parked: var(--vscode-charts-purple);
  --tone-good: var(--vscode-charts-green); --tone-bad: var(--vscode-charts-red);
  --tone-stopped: var(--vscode-descriptionForeground); --tone-unknown: var(--vscode-charts-yellow);
}
body.vscode-high-contrast { --graph-line: var(--vscode-contrastBorder); --graph-dim: var(--vscode-foreground); }
body { padding: 12px 16px; font-size: var(--vscode-font-size); }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 12px; margin-bottom: 8px; }
h1 { font-size: 1.25em; font-weight: 600; margin: 0; overflow-wrap: anywhere; }
.state { margin: 0; } .buttons { margin: 0; display: flex; gap: 6px; }
button { font: inherit; font-size: .92em; padding: 2px 10px; border: 1px solid var(--vscode-button-border, transparent); border-radius: 2px; cursor: pointer; color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); }
button:hover { background: var(--vscode-button-secondaryHoverBackground); }
button[data-button="run"] { color: var(--vscode-button-foreground); background: var(--vscode-button-background); }
button[data-button="run"]:hover { background: var(--vscode-button-hoverBackground); }
button:focus-visible, summary:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
.graph { display: block; max-width: none; } .graph .node { cursor: pointer; } .graph .node:focus { outline: none; }
.graph .member.rows:hover .row { fill: var(--vscode-list-hoverBackground); }
.graph .phase:hover .card, .graph .point:hover .card { fill: var(--vscode-list-hoverBackground, var(--graph-card)); }
.graph .node:focus-visible > :is(.card, .row, .cell) { stroke: var(--vscode-focusBorder); stroke-width: 2; }
.words { margin-top: 16px; } .words summary { cursor: pointer; color: var(--vscode-textLink-foreground); }
.message { color: var(--vscode-descriptionForeground); white-space: pre-wrap; }
`;
