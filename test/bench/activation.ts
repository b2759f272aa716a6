/** How long the extension takes to activate, beside one that does nothing, and how much of that is its own; what is shipped. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser } from '../vscode/support/browser.ts';
import { builtPackage } from '../vscode/support/built-package.ts';
import { ensureVsCode } from '../vscode/support/installation.ts';
import { VsCodeServer } from '../vscode/support/vscode-server.ts';
import { Workbench } from '../vscode/support/workbench.ts';
import { unpackExtension } from '../vscode/support/zip.ts';
import { type BenchRow, median } from './row.ts';

const ROUNDS = 5;
const root = join(import.meta.dirname, '../..');
const goalMs = 15;
const goals = { 'dist/client.cjs': 250, 'dist/server.js': 900, 'niia.vsix': 4000 } as const;

/** Activation, and sizes of bundles and package. */
export async function bench(): Promise<BenchRow[]> {
  const place = mkdtempSync(join(tmpdir(), 'activation-'));
  try {
    const workspace = join(place, 'workspace');
    mkdirSync(workspace);
    writeFileSync(
      join(workspace, 'connector.json'),
      '{ "connector": "2.1", "name": "bench", "task": "none" }\n',
    );
    const runs = { ours: [] as number[], empty: [] as number[], own: [] as number[] };
    const ours = join(place, 'ours');
    // What is in dist/ was just built; what is measured is what is installed.
    execFileSync(process.execPath, [join(root, 'client/package.mjs')], { stdio: 'ignore' });
    unpackExtension(builtPackage(), ours);
    for (let round = 0; round < ROUNDS; round++) {
      const figure = join(place, `own-${round}`);
      const linked = [ours, emptyExtension(place), reader(place, figure)];
      const times = await activationTimes(workspace, linked, figure);
      runs.ours.push(times.ours);
      runs.empty.push(times.empty);
      runs.own.push(times.own);
    }
    return [activationRow(runs.ours, runs.empty), ownRow(runs.own), ...sizeRows()];
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function activationRow(ours: readonly number[], empty: readonly number[]): BenchRow {
  const value = median(ours);
  const baseline = median(empty);
  return {
    name: 'activation, as VS Code reports it, against an empty extension',
    value,
    unit: 'ms',
    baseline,
    goal: `≤ empty + ${goalMs} ms`,
    isMet: value - baseline <= goalMs,
    runs: ours,
  };
}

/** `activate()` alone, from its first to its last line: without loading it, and without what else the host was doing. */
function ownRow(own: readonly number[]): BenchRow {
  const value = median(own);
  const goal = `< ${goalMs} ms`;
  return { name: 'activate() itself', value, unit: 'ms', goal, isMet: value < goalMs, runs: own };
}

function sizeRows(): BenchRow[] {
  return Object.entries(goals).map(([name, goal]) => {
    const value = statSync(join(root, name)).size / 1000;
    return {
      name: `size of ${name}`,
      value,
      unit: 'KB',
      goal: `< ${goal} KB`,
      isMet: value < goal,
      runs: [value],
    };
  });
}

/** An extension that activates with the same file and does nothing. */
function emptyExtension(place: string): string {
  const main = 'exports.activate = () => {};\n';
  return extension(place, { name: 'empty', displayName: 'Does Nothing', event: 'onLanguage:json', main });
}

/** An extension that writes into a file what ours says of its activation. */
function reader(place: string, figure: string): string {
  const main = `exports.activate = async () => {
  const { activationMs } = await require('vscode').extensions.getExtension('niia.niia').activate();
  require('fs').writeFileSync(${JSON.stringify(figure)}, String(activationMs));
};
`;
  return extension(place, { name: 'reader', displayName: 'Reads', event: 'onStartupFinished', main });
}

interface Sketch {
  readonly name: string;
  readonly displayName: string;
  /** What activates it. */
  readonly event: string;
  /** Its program. */
  readonly main: string;
}

function extension(place: string, { name, displayName, event, main }: Sketch): string {
  const folder = join(place, name);
  mkdirSync(folder, { recursive: true });
  const manifest = {
    name,
    displayName,
    publisher: 'bench',
    version: '0.0.1',
    engines: { vscode: '^1.100.0' },
    main: './main.js',
    activationEvents: [event],
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'main.js'), main);
  return folder;
}

async function activationTimes(
  workspace: string,
  linked: readonly string[],
  figure: string,
): Promise<{ readonly ours: number; readonly empty: number; readonly own: number }> {
  await using server = await VsCodeServer.start({
    installation: ensureVsCode('latest'),
    linked,
  });
  await using browser = await openBrowser();
  const workbench = new Workbench(browser.page);
  await workbench.open(server, { folder: workspace, file: join(workspace, 'connector.json') });
  await workbench.has(
    'lenses',
    () => workbench.lenses(),
    lenses => lenses.length > 0,
  );
  const own = await workbench.has(
    'the figure of activate()',
    async () => (existsSync(figure) ? Number(readFileSync(figure, 'utf8')) : 0),
    ms => ms > 0,
  );
  await workbench.command('Developer: Show Running Extensions');
  const rows = await workbench.has(
    'both extensions',
    () => workbench.texts('.runtime-extensions-editor .monaco-list-row'),
    list =>
      [/^connector\.json/, /^Does Nothing/].every(name =>
        list.some(row => name.test(row) && /\d+ms/.test(row)),
      ),
  );
  const time = (name: RegExp) => Number(/(\d+)ms/.exec(rows.find(row => name.test(row)) ?? '')?.[1]);
  return { ours: time(/^connector\.json/), empty: time(/^Does Nothing/), own };
}
