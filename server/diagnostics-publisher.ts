/** Sends diagnostics to clients that do not ask for them. */
import type { Connection, Diagnostic } from 'vscode-languageserver';
import type { Handlers } from './feature.ts';
import { fullDiagnostics } from './features/schema.ts';
import type { Snapshot } from './snapshot.ts';

/** Changes that come in one burst are answered once: they are all read before that. */
const delayMs = 1;

/** Publishes the diagnostics of documents some milliseconds after they have changed. Idle until it is started. */
export class DiagnosticsPublisher {
  readonly #connection: Connection;
  readonly #snapshotOf: (uri: string) => Snapshot | undefined;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** URIs that the client shows diagnostics of. */
  readonly #shown = new Set<string>();
  #compute: ((uri: string) => Promise<readonly Diagnostic[]>) | undefined;

  constructor(connection: Connection, snapshotOf: (uri: string) => Snapshot | undefined) {
    this.#connection = connection;
    this.#snapshotOf = snapshotOf;
  }

  start(handlers: Handlers): void {
    const handler = handlers.document('diagnostics', fullDiagnostics, []);
    this.#compute = uri => handler({ textDocument: { uri } }, { isCancellationRequested: false });
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#compute = undefined;
  }

  schedule(uri: string): void {
    if (this.#compute === undefined || this.#timers.has(uri)) return;
    this.#timers.set(
      uri,
      setTimeout(() => {
        this.#timers.delete(uri);
        // Fails only for a text that has changed, which is scheduled already, or a client that is gone.
        this.#publish(uri).catch(() => undefined);
      }, delayMs),
    );
  }

  /** The document is closed: its diagnostics go. */
  clear(uri: string): void {
    clearTimeout(this.#timers.get(uri));
    this.#timers.delete(uri);
    if (this.#shown.delete(uri)) void this.#connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  async #publish(uri: string): Promise<void> {
    const snapshot = this.#snapshotOf(uri);
    if (snapshot === undefined || this.#compute === undefined) return;
    // Documents that are no connector files are not heard of, unless they were a moment ago.
    if (snapshot.kind === 'no' && !this.#shown.has(uri)) return;
    const found = await this.#compute(uri);
    if (snapshot.kind === 'no') this.#shown.delete(uri);
    else this.#shown.add(uri);
    await this.#connection.sendDiagnostics({ uri, version: snapshot.version, diagnostics: [...found] });
  }
}
