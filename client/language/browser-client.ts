/** The client that starts the language server as a web worker. */
import * as vscode from 'vscode';
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  LanguageClient,
  type LanguageClientOptions,
  State,
} from 'vscode-languageclient/browser';
import { connectorFiles } from './connector-files.ts';
import type { ClientWishes } from './language-server.ts';

/** Commands of lenses that start something, which the web cannot. */
const runCommands: ReadonlySet<string> = new Set(['niia.run', 'niia.plan', 'niia.runPhase', 'niia.runFrom']);

/** The types of the web would bring those of the whole DOM with them; the client knows this one. */
declare const Worker: new (url: string) => ConstructorParameters<typeof BrowserMessageReader>[0];

/**
 * Makes the client; it does not start the server.
 *
 * @param module the built server
 */
export function createBrowserClient(module: vscode.Uri, { log, onState }: ClientWishes): LanguageClient {
  const options: LanguageClientOptions = {
    documentSelector: [...connectorFiles],
    outputChannel: log,
    // VS Code's own JSON support has our schema (contributes.jsonValidation).
    initializationOptions: { schemaFeatures: false, translations: vscode.l10n.bundle },
    middleware: {
      provideCodeLenses: async (document, token, next) => {
        const lenses = await next(document, token);
        return lenses?.filter(lens => !runCommands.has(lens.command?.command ?? ''));
      },
    },
  };
  const start = async () => {
    const worker = new Worker(await workerUrl(module));
    return { reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) };
  };
  const client = new LanguageClient('niia', 'connector.json', start, options);
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Starting) onState('starting');
    if (newState === State.Running) onState('running');
  });
  return client;
}

/** VS Code makes no worker of a file that is kept on a remote machine, but of its text. */
async function workerUrl(module: vscode.Uri): Promise<string> {
  if (module.scheme !== 'vscode-remote') return module.toString(true);
  const text = await vscode.workspace.fs.readFile(module);
  return URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
}
