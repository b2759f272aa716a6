/** The client that starts the language server as a process. In a bundle of its own: most windows open no connector file. */
import * as vscode from 'vscode';
import { CloseAction, ErrorAction, LanguageClient, State, TransportKind } from 'vscode-languageclient/node';
import { connectorFiles } from './connector-files.ts';
import type { ClientWishes } from './language-server.ts';

/**
 * Makes the client; it does not start the server.
 *
 * @param module path of the built server
 */
export function createNodeClient(module: string, { log, onLost, onState }: ClientWishes): LanguageClient {
  // The id is also the settings section of `niia.trace.server`.
  const client = new LanguageClient(
    'niia',
    'connector.json',
    { module, transport: TransportKind.ipc },
    {
      documentSelector: [...connectorFiles],
      outputChannel: log,
      // VS Code's own JSON support has our schema (contributes.jsonValidation).
      initializationOptions: { schemaFeatures: false, translations: vscode.l10n.bundle },
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: async () => {
          await onLost();
          return { action: CloseAction.Restart, handled: true };
        },
      },
    },
  );
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Starting) onState('starting');
    if (newState === State.Running) onState('running');
  });
  return client;
}
