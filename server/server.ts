/** The language server: features over the connection, whatever it runs in (node, a browser worker, a test). */
import { config } from '@vscode/l10n';
import {
  CodeLensRefreshRequest,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { type ClientSupport, readClientSupport } from './client-support.ts';
import { DiagnosticsPublisher } from './diagnostics-publisher.ts';
import { Documents } from './documents.ts';
import type { FactsSource } from './facts.ts';
import type { FeatureGroup } from './feature.ts';
import { createHandlers } from './guard.ts';
import { languageFeatures } from './language-features.ts';
import { navigationFeatures } from './navigation-features.ts';
import {
  defaultSettings,
  readSettings,
  readTranslations,
  type Settings,
  settingsSection,
} from './settings.ts';
import { warmUp } from './warm-up.ts';

/** What differs between the places the server runs in. */
export interface ServerHost {
  readonly version: string;
  /** Where docs/rules.md can be read, if it is installed beside the server. */
  readonly rulesPage?: string;
  /** Whether idle time after the start is used to make the first answers fast. */
  readonly isWarmedUp?: boolean;
  createFacts(): FactsSource;
}

const groups: readonly FeatureGroup[] = [languageFeatures, navigationFeatures];

/** Files whose changes the client reports: what facts are read from. */
const watchedFiles: readonly string[] = [
  '**/{connector.json,*.connector.json}',
  '**/{.mcp.json,.vscode/mcp.json}',
  '**/*.md',
];

/** Serves a connection until it closes. The caller lets it listen. */
export function createServer(connection: Connection, host: ServerHost): void {
  connection.onInitialize(params => new Server(connection, host, params).start(params));
}

/** The server after the client has introduced itself. */
class Server {
  readonly #connection: Connection;
  readonly #host: ServerHost;
  readonly #client: ClientSupport;
  readonly #documents: Documents;
  readonly #facts: FactsSource;
  readonly #publisher: DiagnosticsPublisher;
  /** What the client asked for at the start; its configuration comes on top. */
  readonly #initialSettings: Settings;
  #settings: Settings;
  /** When the client asked for something last, in ms of `performance.now()`. */
  #askedAt = performance.now();
  /** Names of configured adapters that the last analyses were made with. */
  #adapters = '';

  constructor(connection: Connection, host: ServerHost, params: InitializeParams) {
    this.#connection = connection;
    this.#host = host;
    this.#client = readClientSupport(params.capabilities);
    this.#documents = new Documents(this.#client.encoding);
    this.#facts = host.createFacts();
    const { rulesPage } = host;
    const base = { ...defaultSettings, ...(rulesPage === undefined ? {} : { rulesPage }) };
    this.#initialSettings = readSettings(params.initializationOptions, base);
    this.#settings = this.#initialSettings;
    this.#publisher = new DiagnosticsPublisher(connection, uri => this.#documents.get(uri));
  }

  start(params: InitializeParams): InitializeResult {
    const translations = readTranslations(params.initializationOptions);
    if (translations !== undefined) config({ contents: translations });
    this.#facts.setFolders(foldersOf(params));
    this.#facts.onDidChange(() => this.#refresh());
    this.#listen();
    const handlers = createHandlers({
      documents: this.#documents,
      facts: this.#facts,
      client: this.#client,
      settings: () => this.#settings,
      onAsked: () => {
        this.#askedAt = performance.now();
      },
      log: message => this.#connection.console.error(message),
    });
    for (const group of groups) group.register(this.#connection, handlers);
    if (!this.#client.pullsDiagnostics) this.#publisher.start(handlers);
    return {
      capabilities: this.#capabilities(),
      serverInfo: { name: 'connector-language-server', version: this.#host.version },
    };
  }

  #capabilities(): ServerCapabilities {
    const all = groups.map(group => group.capabilities(this.#client, this.#settings));
    return Object.assign(
      {
        positionEncoding: this.#client.encoding,
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      } satisfies ServerCapabilities,
      ...all,
    );
  }

  #listen(): void {
    const connection = this.#connection;
    connection.onDidOpenTextDocument(({ textDocument }) => {
      this.#documents.open(textDocument);
      this.#publisher.schedule(textDocument.uri);
    });
    connection.onDidChangeTextDocument(({ textDocument, contentChanges }) => {
      this.#documents.change(textDocument.uri, textDocument.version, contentChanges);
      this.#publisher.schedule(textDocument.uri);
    });
    connection.onDidCloseTextDocument(({ textDocument }) => {
      this.#documents.close(textDocument.uri);
      this.#publisher.clear(textDocument.uri);
    });
    connection.onDidChangeWatchedFiles(({ changes }) => {
      this.#facts.invalidate(changes.map(change => change.uri));
      this.#refresh();
    });
    connection.onDidChangeConfiguration(({ settings }) => this.#configure(settings));
    connection.onInitialized(() => this.#initialized());
    connection.onShutdown(() => this.#publisher.stop());
  }

  async #initialized(): Promise<void> {
    const { client } = this.#connection;
    if (this.#client.configurationChanges) {
      await client.register(DidChangeConfigurationNotification.type, { section: settingsSection });
    }
    if (this.#client.watchedFiles) {
      const watchers = watchedFiles.map(globPattern => ({ globPattern }));
      await client.register(DidChangeWatchedFilesNotification.type, { watchers });
    }
    if (this.#client.workspaceFolders) {
      this.#connection.workspace.onDidChangeWorkspaceFolders(() => this.#readFolders());
    }
    await this.#configure(undefined);
    if (this.#host.isWarmedUp) {
      await warmUp({ client: this.#client, settings: this.#settings }, () => this.#askedAt);
    }
  }

  async #readFolders(): Promise<void> {
    const folders = await this.#connection.workspace.getWorkspaceFolders();
    this.#facts.setFolders((folders ?? []).map(folder => folder.uri));
  }

  /** Takes the client's configuration: asked for where it can be asked, else what it sent. */
  async #configure(sent: unknown): Promise<void> {
    const value: unknown = this.#client.configuration
      ? await this.#connection.workspace.getConfiguration(settingsSection)
      : sectionOf(sent);
    this.#settings = readSettings(value, this.#initialSettings);
    this.#adapters = '';
    this.#refresh();
  }

  /** Settings or facts have changed: what was said on their ground is said again. */
  #refresh(): void {
    this.#updateInputs();
    for (const { uri } of this.#documents.all()) this.#publisher.schedule(uri);
    void Promise.allSettled(this.#askAgain());
  }

  /** Tells the client to ask again. It may be gone, or refuse: nothing follows from that. */
  #askAgain(): readonly Promise<void>[] {
    const { refresh } = this.#client;
    const { languages } = this.#connection;
    return [
      ...(refresh.diagnostics ? [languages.diagnostics.refresh()] : []),
      ...(refresh.inlayHints ? [languages.inlayHint.refresh()] : []),
      ...(refresh.codeLens ? [this.#connection.sendRequest(CodeLensRefreshRequest.type)] : []),
      ...(refresh.semanticTokens ? [languages.semanticTokens.refresh()] : []),
    ];
  }

  #updateInputs(): void {
    const adapters = Object.keys(this.#facts.user()?.agents ?? {});
    const { rules, files } = this.#settings;
    const key = JSON.stringify([adapters, rules, files]);
    if (key === this.#adapters) return;
    this.#adapters = key;
    this.#documents.setInputs({ adapters, severities: rules, marked: files });
  }
}

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): readonly string[] {
  if (workspaceFolders) return workspaceFolders.map(folder => folder.uri);
  return rootUri ? [rootUri] : [];
}

function sectionOf(sent: unknown): unknown {
  // Clients send all their settings by section.
  return typeof sent === 'object' && sent !== null
    ? (sent as Record<string, unknown>)[settingsSection]
    : undefined;
}
