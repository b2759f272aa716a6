/** A language server as a child process, and the client that tests and benchmarks drive it with. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type {
  ClientCapabilities,
  Diagnostic,
  InitializeResult,
  PublishDiagnosticsParams,
  TextDocumentContentChangeEvent,
} from 'vscode-languageserver';
import { eventually, within } from './wait.ts';

/** How a client introduces itself. */
export interface ClientOptions {
  readonly capabilities?: ClientCapabilities;
  readonly initializationOptions?: unknown;
  /** Answer to `workspace/configuration`, for every section asked about. */
  readonly configuration?: unknown;
  /** URI of the workspace folder. */
  readonly folder?: string;
}

/** A message of `window/logMessage`. */
export interface LogMessage {
  readonly type: number;
  readonly message: string;
}

/** What a client like VS Code or Neovim can do, as far as servers ask. */
export const fullCapabilities: ClientCapabilities = {
  general: { positionEncodings: ['utf-16'] },
  workspace: {
    configuration: true,
    workspaceFolders: true,
    workspaceEdit: { documentChanges: true },
    symbol: {},
  },
  textDocument: {
    completion: {
      completionItem: { snippetSupport: true, documentationFormat: ['markdown'], labelDetailsSupport: true },
    },
    hover: { contentFormat: ['markdown'] },
    codeAction: {
      codeActionLiteralSupport: {
        codeActionKind: { valueSet: ['quickfix', 'refactor', 'source', 'source.fixAll'] },
      },
      dataSupport: true,
      resolveSupport: { properties: ['edit'] },
    },
    rename: { prepareSupport: true },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    semanticTokens: {
      requests: { full: true, range: true },
      tokenTypes: [],
      tokenModifiers: [],
      formats: ['relative'],
    },
  },
};

/** `capabilities` of a client that asks for diagnostics instead of getting them. */
export function pulling(capabilities: ClientCapabilities = fullCapabilities): ClientCapabilities {
  return { ...capabilities, textDocument: { ...capabilities.textDocument, diagnostic: {} } };
}

/** A running server. Disposing of it ends the process, politely first. */
export class LspProcess implements AsyncDisposable {
  /** Everything the server logged, and what it wrote to standard error. */
  readonly log: LogMessage[] = [];
  stderr = '';
  /** Newest diagnostics that were sent, by URI. */
  readonly published = new Map<string, PublishDiagnosticsParams>();
  /** How many times diagnostics were sent, for any document. */
  publishedCount = 0;
  /** Methods of the requests that the server sent. */
  readonly asked: string[] = [];
  readonly #child: ChildProcess;
  readonly #connection: MessageConnection;
  readonly #ended: Promise<unknown>;
  #waiting: (() => void)[] = [];
  #configuration: unknown;
  #version = 0;
  #isShutDown = false;

  /** Starts `argv`, the program first. */
  constructor(argv: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    const [program = '', ...args] = argv;
    this.#child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#ended = once(this.#child, 'close');
    const { stdin, stdout, stderr } = this.#child;
    if (stdin === null || stdout === null) throw new Error(`${program} has no pipes`);
    stderr?.on('data', data => {
      this.stderr += String(data);
    });
    this.#connection = createMessageConnection(
      new StreamMessageReader(stdout),
      new StreamMessageWriter(stdin),
    );
    this.#listen();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Introduces the client and says that it is ready. */
  async initialize(options: ClientOptions = {}): Promise<InitializeResult> {
    const { capabilities = fullCapabilities, initializationOptions, configuration, folder } = options;
    this.#configuration = configuration;
    const result = await this.request<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: folder ?? null,
      workspaceFolders: folder === undefined ? null : [{ uri: folder, name: 'test' }],
      capabilities,
      initializationOptions,
    });
    await this.notify('initialized', {});
    return result;
  }

  /** Sends a request and waits for its result; an error answer rejects, as does silence for 60 s. */
  async request<T>(method: string, params: unknown): Promise<T> {
    const answer: Promise<T> = this.#connection.sendRequest(method, params);
    return await within(answer, {
      what: `the answer to ${method}`,
      timeoutMs: 60_000,
      seen: () => ({ log: this.log.slice(-5), stderr: this.stderr.slice(-2000) }),
    });
  }

  async notify(method: string, params: unknown): Promise<void> {
    await this.#connection.sendNotification(method, params);
  }

  async open(uri: string, text: string, languageId = 'json'): Promise<void> {
    const textDocument = { uri, languageId, version: ++this.#version, text };
    await this.notify('textDocument/didOpen', { textDocument });
  }

  /** Returns the version that the document has then. */
  async change(uri: string, contentChanges: readonly TextDocumentContentChangeEvent[]): Promise<number> {
    const version = ++this.#version;
    await this.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
    return version;
  }

  async close(uri: string): Promise<void> {
    await this.notify('textDocument/didClose', { textDocument: { uri } });
  }

  /** The diagnostics that were sent for the newest version of a document. */
  async diagnosticsOf(uri: string): Promise<readonly Diagnostic[]> {
    const found = await eventually(
      () => {
        const sent = this.published.get(uri);
        return sent?.version === this.#version ? sent : undefined;
      },
      { what: `diagnostics of ${uri}`, timeoutMs: 60_000, seen: () => [...this.published.values()] },
    );
    return found.diagnostics;
  }

  /** Resolves when diagnostics are sent next, for whatever document. */
  nextDiagnostics(): Promise<void> {
    return new Promise(resolve => this.#waiting.push(resolve));
  }

  /** Resident memory in MB (Linux; elsewhere NaN). */
  residentMb(): number {
    if (process.platform !== 'linux') return Number.NaN;
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s*(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
  }

  /** Says goodbye; resolves to the exit code. */
  async shutDown(): Promise<number | null> {
    this.#isShutDown = true;
    await this.request('shutdown', undefined);
    await this.notify('exit', undefined);
    return await this.ended();
  }

  /** Takes the pipe to the server away, as a client does that dies. */
  hangUp(): void {
    this.#isShutDown = true;
    this.#child.stdin?.end();
  }

  /** Resolves to the exit code once the process is gone. */
  async ended(): Promise<number | null> {
    await within(this.#ended, { what: 'the server to end', seen: () => this.stderr });
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isShutDown && this.#child.exitCode === null) {
      await this.shutDown().catch(() => this.#child.kill('SIGKILL'));
    }
    if (this.#child.exitCode === null) this.#child.kill('SIGKILL');
    this.#connection.dispose();
    await this.#ended;
  }

  #listen(): void {
    this.#connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.published.set(params.uri, params);
      this.publishedCount += 1;
      for (const resolve of this.#waiting.splice(0)) resolve();
    });
    this.#connection.onNotification('window/logMessage', (message: LogMessage) => {
      this.log.push(message);
    });
    this.#connection.onRequest('workspace/configuration', ({ items }: { items: readonly unknown[] }) =>
      items.map(() => this.#configuration ?? null),
    );
    this.#connection.onRequest('workspace/workspaceFolders', () => null);
    // Registrations, refreshes: granted, and of no further interest.
    this.#connection.onRequest(method => {
      this.asked.push(method);
      return null;
    });
    this.#connection.onError(() => undefined);
    this.#child.stdin?.on('error', () => undefined);
    this.#connection.listen();
  }
}
