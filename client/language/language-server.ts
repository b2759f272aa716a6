/** The language server as this window sees it: started by the first connector file, restarted when it dies or is asked to. */
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { connectorFiles } from './connector-files.ts';

/** How the window stands to the language server. `lost`: it ended by itself and is started again after a pause. */
export type ServerState = 'off' | 'starting' | 'running' | 'lost';

/** What a client is made with. */
export interface ClientWishes {
  readonly log: vscode.LogOutputChannel;
  /** Called when the server has ended by itself; it is started again when this resolves. */
  onLost(): Promise<void>;
  /** Called when it starts, and when it serves. */
  onState(state: 'starting' | 'running'): void;
}

/** Makes the client that starts the server: another one on the web than on a machine. */
export type MakeClient = (wishes: ClientWishes) => Promise<BaseLanguageClient>;

/** Pauses before the first, second, … restart in a row; the last one repeats. */
const PAUSES_MS: readonly number[] = [0, 1_000, 5_000, 15_000, 60_000];
/** A server that served so long before it ended has not been restarted in a row. */
const STEADY_MS = 60_000;

/** The language server. */
export class LanguageServer implements vscode.Disposable {
  readonly #makeClient: MakeClient;
  readonly #log: vscode.LogOutputChannel;
  readonly #opened: vscode.Disposable;
  readonly #changed = new vscode.EventEmitter<ServerState>();
  readonly onDidChange = this.#changed.event;
  #client: Promise<BaseLanguageClient> | undefined;
  #state: ServerState = 'off';
  #restarts = 0;
  #runningSince = 0;

  /**
   * @param makeClient called once, for the first connector file
   * @param log where the server's messages go
   */
  constructor(makeClient: MakeClient, log: vscode.LogOutputChannel) {
    this.#makeClient = makeClient;
    this.#log = log;
    this.#opened = vscode.workspace.onDidOpenTextDocument(document => this.#serve(document));
    for (const document of vscode.workspace.textDocuments) this.#serve(document);
  }

  get state(): ServerState {
    return this.#state;
  }

  /** Ends the server and starts it anew. */
  async restart(): Promise<void> {
    this.#log.info('Restarting the language server');
    this.#restarts = 0;
    try {
      const client = await this.#once();
      if (!client.needsStart()) await client.stop();
      await client.start();
    } catch (error) {
      this.#failed(error);
      void vscode.window.showErrorMessage(
        t('The language server for connector files did not start; see its output.'),
      );
    }
  }

  /** Shows places of a file that the server named. */
  async showReferences(
    uri: string,
    position: { readonly line: number; readonly character: number },
    locations: readonly Parameters<BaseLanguageClient['protocol2CodeConverter']['asLocation']>[0][],
  ): Promise<void> {
    const convert = (await this.#once()).protocol2CodeConverter;
    await vscode.commands.executeCommand(
      'editor.action.showReferences',
      convert.asUri(uri),
      convert.asPosition(position),
      locations.map(location => convert.asLocation(location)),
    );
  }

  dispose(): void {
    this.#opened.dispose();
    this.#changed.dispose();
    // The window closes without waiting; a server that lost its client ends by itself.
    this.#client?.then(client => client.dispose()).catch(error => this.#log.error(error));
  }

  /** Most JSON files are none of ours: the first connector file starts the server. */
  #serve(document: vscode.TextDocument): void {
    if (this.#client !== undefined || vscode.languages.match(connectorFiles, document) === 0) return;
    this.#opened.dispose();
    this.#once()
      .then(client => client.start())
      .catch(error => this.#failed(error));
  }

  #once(): Promise<BaseLanguageClient> {
    this.#client ??= this.#makeClient({
      log: this.#log,
      onLost: () => this.#pause(),
      onState: state => this.#set(state),
    });
    return this.#client;
  }

  async #pause(): Promise<void> {
    if (Date.now() - this.#runningSince > STEADY_MS) this.#restarts = 0;
    const pauseMs = PAUSES_MS[Math.min(this.#restarts, PAUSES_MS.length - 1)] ?? 0;
    this.#restarts += 1;
    this.#set('lost');
    this.#log.warn(`The language server has ended; it is started again in ${pauseMs / 1000} s`);
    await new Promise(resolve => setTimeout(resolve, pauseMs));
  }

  #failed(error: unknown): void {
    this.#log.error('The language server did not start', error);
    this.#set('lost');
  }

  #set(state: ServerState): void {
    if (state === 'running') this.#runningSince = Date.now();
    this.#state = state;
    this.#changed.fire(state);
  }
}
