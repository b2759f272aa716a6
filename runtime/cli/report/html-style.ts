/** The style sheet of the HTML report: light and dark by the reader's system, prints well. */
export const reportStyle = `
:root { color-scheme: light dark; --line: #8884; --good: #2a9d5c; --bad: #d1453b; --warn: #c98a1b; --busy: #3a7bd5; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dt { opacity: .7; } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid var(--line); }
.time td:nth-child(-n+3) { white-space: nowrap; } .lane { width: 60%; }
.bar { height: .8rem; min-width: 3px; border-radius: 3px; background: var(--busy); }
.bar.succeeded { background: var(--good); } .bar.failed { background: var(--bad); } .bar.stopped { background: var(--warn); }
.state { font-size: .8em; padding: .1em .5em; border-radius: 1em; border: 1px solid currentColor; }
.state.succeeded { color: var(--good); } .state.failed, .state.no_model, .state.limited { color: var(--bad); } .state.stopped { color: var(--warn); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); border-radius: 4px; padding: .6rem; }
summary { cursor: pointer; font-weight: 600; }
`;
