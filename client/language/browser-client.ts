/** The client that starts the language server as a web worker. */
import * as vscode from 'vscode';
import { LanguageClient, type LanguageClientOptions, State } from 'vscode-languageclient/browser';
import { connectorFiles } from './connector-files.ts';
import type { ClientWishes } from './language-server.ts';

/** Commands of lenses that start something, which the web cannot. */
const runCommands: ReadonlySet<string> = new Set(['niia.run', 'niia.plan', 'niia.runPhase', 'niia.runFrom']);

/** What of a web worker is used here; its types would bring those of the whole DOM with them. */
interface WebWorker {
  postMessage(message: unknown): void;
  onmessage: unknown;
}

type WorkerOfClient = ConstructorParameters<typeof LanguageClient>[3];

declare const Worker: new (url: string) => WebWorker;

/**
 * Makes the client; the server starts with it.
 *
 * @param module the built server
 */
export async function createBrowserClient(module: vscode.Uri, wishes: ClientWishes): Promise<LanguageClient> {
  const worker = new Worker(await workerUrl(module));
  const options: LanguageClientOptions = {
    documentSelector: [...connectorFiles],
    outputChannel: wishes.log,
    // VS Code's own JSON support has our schema (contributes.jsonValidation).
    initializationOptions: { schemaFeatures: false },
    middleware: {
      provideCodeLenses: async (document, token, next) => {
        const lenses = await next(document, token);
        return lenses?.filter(lens => !runCommands.has(lens.command?.command ?? ''));
      },
    },
  };
  const client = new LanguageClient('niia', 'connector.json', options, worker as WorkerOfClient);
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Starting) wishes.onState('starting');
    if (newState === State.Running) wishes.onState('running');
  });
  return client;
}

/** VS Code makes no worker of a file that is kept on a remote machine, but of its text. */
async function workerUrl(module: vscode.Uri): Promise<string> {
  if (module.scheme !== 'vscode-remote') return module.toString(true);
  const text = await vscode.workspace.fs.readFile(module);
  return URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
}
