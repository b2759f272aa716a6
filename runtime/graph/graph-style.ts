/**
 * The style sheet of drawn graphs. Whoever shows one sets the colours: `--graph-text`, `--graph-dim`, `--graph-line`,
 * `--graph-card`, `--graph-focus`, `--graph-hover`, and `--tone-<tone>` for each tone.
 */
import { tones } from './look.ts';

/** The style sheet. */
export const graphStyle: string = `
.graph text { font: 12px var(--graph-font, system-ui, sans-serif); fill: var(--graph-text); }
.graph .name { font-weight: 600; font-size: 13px; }
.graph .text { fill: var(--graph-dim); font-size: 11.5px; }
.graph .card { fill: var(--graph-card); stroke: var(--graph-line); }
.graph .row { fill: transparent; }
.graph .circle .row { fill: var(--graph-card); stroke: var(--graph-line); }
.graph .cell { fill: color-mix(in srgb, currentColor 25%, transparent); stroke: currentColor; }
.graph .edge { fill: none; stroke: var(--graph-dim); stroke-width: 1.3; opacity: .6; }
.graph .edge[data-tone="good"] { stroke: var(--tone-good); opacity: 1; }
.graph .talk { stroke: var(--graph-dim); opacity: .35; fill: none; }
.graph .phase[data-tone="busy"] .card, .graph .phase[data-tone="attention"] .card,
.graph .phase[data-tone="bad"] .card, .graph .point[data-tone="attention"] .card { stroke: currentColor; stroke-width: 1.5; }
.graph .turning { transform-box: view-box; transform-origin: 8px 8px; animation: niia-turn 1.2s linear infinite; }
${tones.map(tone => `[data-tone="${tone}"] { color: var(--tone-${tone}); }`).join('\n')}
@keyframes niia-turn { to { transform: rotate(360deg); } }
@media (prefers-reduced-motion: reduce) { .graph .turning { animation: none; } }
`;
