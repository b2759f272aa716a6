/** Starts the language server for connector files, once there is one, and restarts it when asked. */
import * as vscode from 'vscode';
import { LanguageClient, type LanguageClientOptions, TransportKind } from 'vscode-languageclient/node';

/** Connector files on disk; what they are called is all that is known before the server has read them. */
const documentSelector = ['json', 'jsonc'].map(language => ({
  language,
  scheme: 'file',
  pattern: '**/{connector,*.connector}.{json,jsonc}',
}));

/** The language server as this window sees it. */
export class LanguageServer implements vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #log: vscode.LogOutputChannel;
  readonly #opened: vscode.Disposable;

  /**
   * @param module path of the built server
   * @param log where the server's messages go
   */
  constructor(module: string, log: vscode.LogOutputChannel) {
    this.#log = log;
    const options: LanguageClientOptions = {
      documentSelector,
      outputChannel: log,
      // VS Code's own JSON support has our schema (contributes.jsonValidation).
      initializationOptions: { schemaFeatures: false },
    };
    // The id is also the settings section of `niia.trace.server`.
    this.#client = new LanguageClient(
      'niia',
      'connector.json',
      { module, transport: TransportKind.ipc },
      options,
    );
    this.#opened = vscode.workspace.onDidOpenTextDocument(document => this.#serve(document));
    for (const document of vscode.workspace.textDocuments) this.#serve(document);
  }

  /** Ends the server and starts it anew. */
  async restart(): Promise<void> {
    this.#log.info('Restarting the language server');
    try {
      await (this.#client.needsStart() ? this.#client.start() : this.#client.restart());
    } catch (error) {
      this.#log.error('The language server did not restart', error);
      void vscode.window.showErrorMessage(
        'The language server for connector files did not start; see its output.',
      );
    }
  }

  /** Shows places of a file that the server named. */
  async showReferences(
    uri: string,
    position: { readonly line: number; readonly character: number },
    locations: readonly Parameters<LanguageClient['protocol2CodeConverter']['asLocation']>[0][],
  ): Promise<void> {
    const convert = this.#client.protocol2CodeConverter;
    await vscode.commands.executeCommand(
      'editor.action.showReferences',
      convert.asUri(uri),
      convert.asPosition(position),
      locations.map(location => convert.asLocation(location)),
    );
  }

  dispose(): void {
    this.#opened.dispose();
    // The window closes without waiting; a server that lost its client ends by itself.
    void this.#client.dispose().catch(error => this.#log.error(error));
  }

  /** Most JSON files are none of ours: the first connector file starts the server. */
  #serve(document: vscode.TextDocument): void {
    if (!this.#client.needsStart() || vscode.languages.match(documentSelector, document) === 0) return;
    this.#opened.dispose();
    this.#client.start().catch(error => this.#log.error('The language server did not start', error));
  }
}
