/** The language server and a client in one process, over streams: everything of the protocol but the process. */
import { PassThrough } from 'node:stream';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type {
  ClientCapabilities,
  InitializeResult,
  PublishDiagnosticsParams,
  TextDocumentContentChangeEvent,
} from 'vscode-languageserver';
import { createConnection } from 'vscode-languageserver/node';
import { emptyFacts, type FactsSource } from '../../server/facts.ts';
import { createServer } from '../../server/server.ts';
import { testUri } from './cursor.ts';
import { eventually } from './wait.ts';

/** How the pair is set up. */
export interface PairOptions {
  readonly capabilities?: ClientCapabilities;
  readonly initializationOptions?: unknown;
  /** Answer to `workspace/configuration`; may change while the pair lives. */
  readonly configuration?: () => unknown;
  readonly facts?: Partial<FactsSource>;
}

/** A client of a server in the same process. Disposing of it ends both. */
export class LspPair implements Disposable {
  /** Every set of diagnostics that was sent, in order. */
  readonly published: PublishDiagnosticsParams[] = [];
  /** What the server logged. */
  readonly log: string[] = [];
  /** Methods that the server asked the client for. */
  readonly asked: string[] = [];
  readonly client: MessageConnection;
  readonly initialized: InitializeResult;
  readonly #stop: () => void;

  private constructor(client: MessageConnection, initialized: InitializeResult, stop: () => void) {
    this.client = client;
    this.initialized = initialized;
    this.#stop = stop;
  }

  /** Starts a server and introduces the client. */
  static async start(options: PairOptions = {}): Promise<LspPair> {
    const [toServer, toClient] = [new PassThrough(), new PassThrough()];
    // Readers and writers, not streams: the library ends the process with the end of a stream.
    const server = createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient));
    createServer(server, { version: '0', createFacts: () => ({ ...emptyFacts(), ...options.facts }) });
    server.listen();
    const client = createMessageConnection(
      new StreamMessageReader(toClient),
      new StreamMessageWriter(toServer),
    );
    client.listen();
    const early = collect(client, options);
    const initialized = await client.sendRequest<InitializeResult>('initialize', {
      processId: null,
      rootUri: null,
      capabilities: options.capabilities ?? {},
      initializationOptions: options.initializationOptions,
    });
    const pair = new LspPair(client, initialized, () => {
      client.dispose();
      server.dispose();
    });
    early(pair);
    await client.sendNotification('initialized', {});
    return pair;
  }

  open(text: string, uri = testUri, languageId = 'json'): Promise<void> {
    return this.client.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId, version: 1, text },
    });
  }

  change(
    version: number,
    contentChanges: readonly TextDocumentContentChangeEvent[],
    uri = testUri,
  ): Promise<void> {
    return this.client.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges,
    });
  }

  request<T>(method: string, params: object): Promise<T> {
    return this.client.sendRequest<T>(method, params);
  }

  /** The diagnostics sent for a version of a document. */
  diagnosticsOf(version: number, uri = testUri): Promise<PublishDiagnosticsParams> {
    return eventually(() => this.published.findLast(sent => sent.uri === uri && sent.version === version), {
      what: `diagnostics of version ${version}`,
      seen: () => this.published,
    });
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}

/** Answers the server as a client does, and hands what it says to the pair once there is one. */
function collect(client: MessageConnection, { configuration }: PairOptions): (pair: LspPair) => void {
  let pair: LspPair | undefined;
  client.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    pair?.published.push(params);
  });
  client.onNotification('window/logMessage', ({ message }: { readonly message: string }) => {
    pair?.log.push(message);
  });
  client.onRequest((method, params) => {
    pair?.asked.push(method);
    if (method !== 'workspace/configuration') return null;
    // The only request with items: one for every section asked about.
    const { items } = params as unknown as { readonly items: readonly unknown[] };
    return items.map(() => configuration?.() ?? null);
  });
  return started => {
    pair = started;
  };
}
