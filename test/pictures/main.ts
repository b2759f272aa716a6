/** `npm run pictures`: makes the pictures of the documentation again, from a real run of the demo and from its plan. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from 'node-pty';
import { demoGraph } from './demo-graph.ts';
import { terminalSvg } from './terminal-svg.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const COLS = 100;
const ROWS = 60;

function outputOf(argv: readonly string[]): Promise<string> {
  const [program = '', ...args] = argv;
  return new Promise(resolve => {
    const terminal = spawn(program, args, { cwd: root, cols: COLS, rows: ROWS, name: 'xterm-256color' });
    let output = '';
    terminal.onData(data => {
      output += data;
    });
    terminal.onExit(() => resolve(output));
  });
}

/** The part of the demo up to the diff, without the temporary folder's name. */
function runOnly(output: string): string {
  const end = output.indexOf('── niia diff');
  return (end < 0 ? output : output.slice(0, end)).replaceAll(/\/tmp\/niia-demo-\w+/g, '~');
}

const output = await outputOf([process.execPath, 'examples/demo.mjs']);
writeFileSync(
  join(root, 'docs/images/run.svg'),
  await terminalSvg(runOnly(output), COLS, ROWS, 'niia run demo.connector.json'),
);
writeFileSync(join(root, 'docs/walkthrough/graph.svg'), demoGraph(root));
