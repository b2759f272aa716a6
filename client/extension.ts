/** The VS Code extension on a desktop or a remote machine: the language part, and everything about runs. */
import * as vscode from 'vscode';
import { createCli } from './cli.ts';
import { registerGraph } from './graph/graph-part.ts';
import { registerLanguagePart } from './language/language-part.ts';
import type { Parts } from './parts.ts';
import { registerProblems } from './problems/problems-part.ts';
import { registerReview } from './review/review-part.ts';
import { createWindowRuns } from './runs/window-runs.ts';
import { registerRuns } from './runs-part.ts';
import { registerTerminals } from './terminals/terminals-part.ts';
import { registerTools } from './tools/tools-part.ts';
import type { ShownRow } from './views/tree-row.ts';
import { registerWalkthrough } from './walkthrough/walkthrough-part.ts';

/** What other extensions, and tests in the extension host, can ask of this one. */
export interface ExtensionApi {
  /** How long `activate` took, in milliseconds. VS Code's own figure counts loading, and what else went on meanwhile. */
  readonly activationMs: number;
  /** The rows of the view "Connector Runs" as they are drawn, those below others included. */
  runRows(): readonly ShownRow[];
}

/** Called by VS Code when the first JSON file is opened, one of our commands is called or one of our views is shown. */
export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const begun = performance.now();
  const { extensionUri, subscriptions } = context;
  const built = (file: string) => vscode.Uri.joinPath(extensionUri, 'dist', file).fsPath;
  const { log, server } = registerLanguagePart(context, async wishes => {
    const { createNodeClient } = await import('./language/node-client.ts');
    return createNodeClient(built('server.js'), wishes);
  });
  const cli = createCli({
    script: built('niia.js'),
    node: () => vscode.workspace.getConfiguration('niia').get('node', ''),
    isTrusted: () => vscode.workspace.isTrusted,
    env: process.env,
  });
  const runs = createWindowRuns(cli, log, subscriptions);
  const parts: Parts = { context, log, runs, cli };
  const shownRuns = registerRuns({ ...parts, runs, server });
  subscriptions.push(shownRuns, ...registerParts(parts));
  const activationMs = performance.now() - begun;
  log.info(`Activated in ${activationMs.toFixed(1)} ms`);
  return { activationMs, runRows: () => shownRuns.rows() };
}

/** The parts of the extension that show runs and act on them: one line each. */
function registerParts(parts: Parts): readonly vscode.Disposable[] {
  return [
    registerGraph(parts),
    registerProblems(parts),
    registerReview(parts),
    registerTerminals(parts),
    registerTools(parts),
    registerWalkthrough(parts),
  ];
}
