/** The style sheet of the HTML report: light and dark by the reader's system, small screens, paper. */
export const reportStyle: string = `
:root {
  color-scheme: light dark; --page: #fff; --graph-text: #1f2328; --graph-dim: #59636e; --graph-line: #d1d9e0;
  --graph-card: #f6f8fa; --tone-idle: #818b98; --tone-busy: #0969da; --tone-attention: #9a6700; --tone-parked: #8250df;
  --tone-good: #1a7f37; --tone-bad: #cf222e; --tone-stopped: #6e5a3a; --tone-unknown: #59636e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --graph-text: #e6edf3; --graph-dim: #9198a1; --graph-line: #3d444d; --graph-card: #151b23;
    --tone-idle: #7d8590; --tone-busy: #4493f8; --tone-attention: #d29922; --tone-parked: #ab7df8; --tone-good: #3fb950;
    --tone-bad: #f85149; --tone-stopped: #b09872; --tone-unknown: #9198a1;
  }
}
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 66rem; margin: 2rem auto; padding: 0 1rem; color: var(--graph-text); background: var(--page); }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .8rem; padding-bottom: .3rem; border-bottom: 1px solid var(--graph-line); }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
.dim, footer, dt { color: var(--graph-dim); }
.badge { font-size: .8rem; font-weight: 500; line-height: 1.5; padding: .05rem .55rem; border: 1px solid currentColor; border-radius: 1rem; vertical-align: middle; white-space: nowrap; }
summary .badge { font-size: .72rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .6rem; margin: 0 0 1.2rem; }
.tiles div { border: 1px solid var(--graph-line); background: var(--graph-card); border-radius: 6px; padding: .5rem .8rem; display: flex; flex-direction: column-reverse; }
.tiles dt { font-size: .8rem; } .tiles dd { margin: 0; font-size: 1.25rem; font-weight: 600; }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem 1rem; } .facts dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.wide { overflow-x: auto; }
.graph { display: block; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: right; padding: .3rem .6rem; border-bottom: 1px solid var(--graph-line); font-weight: 400; font-variant-numeric: tabular-nums; white-space: nowrap; }
th:first-child { text-align: left; padding-left: 0; } thead th { color: var(--graph-dim); font-size: .85rem; } tfoot th, tfoot td { font-weight: 600; border-bottom: 0; }
.failure { border: 1px solid var(--graph-line); border-left: 3px solid var(--tone-bad); border-radius: 4px; padding: .7rem 1rem; margin-bottom: .8rem; }
.failure p { margin: .3rem 0; overflow-wrap: anywhere; }
pre { font: 12.5px/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--graph-card); border: 1px solid var(--graph-line); border-radius: 4px; padding: .6rem .8rem; margin: .5rem 0 0; }
code { font: .87em ui-monospace, monospace; }
summary { cursor: pointer; font-weight: 600; overflow-wrap: anywhere; } summary .dim { font-weight: 400; }
.answer { margin-bottom: 1rem; }
.markdown { border-left: 3px solid var(--graph-line); padding-left: 1rem; margin-top: .5rem; overflow-wrap: anywhere; }
.markdown h1, .markdown h2, .markdown h3 { font-size: 1.05rem; border: 0; margin: 1rem 0 .3rem; padding: 0; } .markdown table { width: auto; } .markdown a { color: var(--tone-busy); }
.timeline details { margin-bottom: .6rem; }
.lane { display: grid; grid-template-columns: minmax(0, 13rem) 1fr 4rem; gap: .8rem; align-items: center; font-size: .85rem; }
.who { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; padding-left: 1rem; } .took { text-align: right; font-variant-numeric: tabular-nums; color: var(--graph-dim); }
.lane svg { width: 100%; height: 18px; display: block; } .lane line { stroke: var(--graph-line); vector-effect: non-scaling-stroke; }
.bar, .legend i { fill: currentColor; } .bar.preparing, .bar.starting { opacity: .55; }
.axis { color: var(--graph-dim); font-size: .75rem; } .ticks { position: relative; height: 1.2rem; } .ticks span { position: absolute; white-space: nowrap; } .ticks .last { transform: translateX(-100%); }
.legend { font-size: .8rem; color: var(--graph-dim); display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; } .legend i { display: inline-block; width: .8rem; height: .6rem; margin-right: .35rem; background: currentColor; }
.graph-list { font-size: .9rem; } footer { margin-top: 3rem; font-size: .8rem; }
@media (max-width: 40rem) { body { margin: 1rem auto; } .lane { grid-template-columns: 1fr 4rem; gap: 0 .6rem; } .lane svg, .ticks { grid-column: 1 / -1; grid-row: 2; } .axis .who, .axis .took { display: none; } .who { padding-left: 0; } }
@media print {
  :root { --page: #fff; --graph-text: #000; --graph-dim: #444; --graph-line: #bbb; --graph-card: #fff; }
  body { max-width: none; margin: 0; font-size: 11pt; } .wide { overflow: visible; } .graph { max-width: 100%; height: auto; }
  .lane, .failure, .tiles div { break-inside: avoid; } h2, summary { break-after: avoid; } .bar, .legend i { print-color-adjust: exact; }
}
`;
