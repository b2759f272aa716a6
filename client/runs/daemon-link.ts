/**
 * The window's connection to the daemon: made when somebody asks or a daemon is there, made again with growing pauses
 * when it was lost.
 *
 *   off ──ask, claim found──▶ connecting ──▶ connected ──lost──▶ lost ──pause──▶ (connects again)
 *    ▲                            └──▶ other-version                └──daemon ended, nothing under way──▶ off
 */
import { t } from '@vscode/l10n';
import { Emitter } from 'vscode-jsonrpc/node';
import type { DaemonClient } from '../../runtime/daemon/client.ts';
import type { RpcFailure } from '../../runtime/protocol.ts';
import { err, ok, type Result } from '../../runtime/result.ts';
import type { DaemonState } from './runs.ts';

/** What the link needs of the machine. */
export interface DaemonPort {
  /** Connects to a running daemon; never starts one. No daemon is a failure (`no-daemon`). */
  connect(): Promise<Result<DaemonClient, RpcFailure>>;
  /** Starts a daemon where none runs, and waits until it answers. */
  start(): Promise<Result<void, RpcFailure>>;
  /** Whether a daemon says that it runs, dead or alive: one that ended by itself says so no more. */
  hasClaim(): boolean;
  /** The last lines of its log. */
  lastLogLines(): readonly string[];
  /** Programs may be started: the workspace is trusted. */
  isTrusted(): boolean;
  /** Calls back after a pause; returns what cancels that. */
  later(pauseMs: number, call: () => void): () => void;
}

/** Pauses before the first, second, … attempt to connect again; the last one repeats. */
const PAUSES_MS: readonly number[] = [250, 500, 1_000, 2_000, 5_000, 15_000, 30_000];

/** The connection, over all its losses. */
export class DaemonLink {
  readonly #port: DaemonPort;
  /** Whether runs of this window are under way: then a lost daemon is started again. */
  readonly #isNeeded: () => boolean;
  readonly #changed = new Emitter<DaemonState>();
  readonly onDidChange = this.#changed.event;
  readonly #connected = new Emitter<DaemonClient>();
  /** A connection was made, the first or a later one. */
  readonly onDidConnect = this.#connected.event;
  #state: DaemonState = { kind: 'off' };
  #client: DaemonClient | undefined;
  #attempt: Promise<Result<DaemonClient, RpcFailure>> | undefined;
  #losses = 0;
  #cancelRetry: (() => void) | undefined;
  #isDisposed = false;

  constructor(port: DaemonPort, isNeeded: () => boolean) {
    this.#port = port;
    this.#isNeeded = isNeeded;
  }

  get state(): DaemonState {
    return this.#state;
  }

  /** The connection, if there is one. */
  get client(): DaemonClient | undefined {
    return this.#client;
  }

  /** Connects to a daemon if one says that it runs; starts none. For when the window opens, or a daemon appeared. */
  async find(): Promise<void> {
    if (this.#client !== undefined || !this.#port.isTrusted()) return;
    if (this.#port.hasClaim()) await this.#once(false);
    else if (this.#state.kind === 'other-version') this.#set({ kind: 'off' });
  }

  /** The connection; a daemon is started where none runs. Failure `untrusted` in a workspace that is not trusted. */
  async ask(): Promise<Result<DaemonClient, RpcFailure>> {
    if (!this.#port.isTrusted()) return err(untrusted());
    if (this.#client !== undefined) return ok(this.#client);
    const found = await this.#once(true);
    // An attempt that was under way may have been one that starts nothing.
    return !found.ok && found.failure.code === 'no-daemon' ? await this.#once(true) : found;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#cancelRetry?.();
    this.#client?.close();
    this.#changed.dispose();
    this.#connected.dispose();
  }

  #once(mayStart: boolean): Promise<Result<DaemonClient, RpcFailure>> {
    this.#attempt ??= this.#connect(mayStart).finally(() => {
      this.#attempt = undefined;
    });
    return this.#attempt;
  }

  async #connect(mayStart: boolean): Promise<Result<DaemonClient, RpcFailure>> {
    this.#cancelRetry?.();
    // What was lost stays lost on screen until it is back.
    if (this.#state.kind !== 'lost') this.#set({ kind: 'connecting' });
    const connected = await this.#reach(mayStart);
    if (this.#isDisposed) {
      if (connected.ok) connected.value.close();
      return err(lost(t('The window closes.')));
    }
    if (connected.ok) this.#take(connected.value);
    else this.#fail(connected.failure);
    return connected;
  }

  async #reach(mayStart: boolean): Promise<Result<DaemonClient, RpcFailure>> {
    const found = await this.#port.connect();
    if (found.ok || found.failure.code !== 'no-daemon' || !mayStart) return found;
    const started = await this.#port.start();
    return started.ok ? await this.#port.connect() : started;
  }

  #take(client: DaemonClient): void {
    this.#client = client;
    this.#losses = 0;
    const { version, pid } = client.daemon;
    this.#set({ kind: 'connected', version, pid });
    void client.closed.then(() => this.#lose(client));
    this.#connected.fire(client);
  }

  #fail(failure: RpcFailure): void {
    if (failure.code === 'other-version') {
      this.#set({ kind: 'other-version', message: otherVersion(), detail: failure.message });
    } else if (failure.code === 'no-daemon' && !this.#isNeeded()) {
      this.#set({ kind: 'off' });
    } else {
      this.#set({ kind: 'lost', message: failure.message, log: this.#port.lastLogLines() });
      this.#retryLater();
    }
  }

  #lose(client: DaemonClient): void {
    if (this.#client !== client || this.#isDisposed) return;
    this.#client = undefined;
    const hasEnded = !this.#port.hasClaim();
    if (hasEnded && !this.#isNeeded()) {
      this.#set({ kind: 'off' });
      return;
    }
    const message = hasEnded ? t('The daemon was stopped.') : t('The connection to the daemon was lost.');
    this.#set({ kind: 'lost', message, log: this.#port.lastLogLines() });
    // Who stopped it meant it: a new one comes when somebody asks.
    if (!hasEnded) this.#retryLater();
  }

  #retryLater(): void {
    const pauseMs = PAUSES_MS[Math.min(this.#losses, PAUSES_MS.length - 1)] ?? 0;
    this.#losses += 1;
    this.#cancelRetry?.();
    this.#cancelRetry = this.#port.later(pauseMs, () => void this.#once(this.#isNeeded()));
  }

  #set(state: DaemonState): void {
    this.#state = state;
    this.#changed.fire(state);
  }
}

function untrusted(): RpcFailure {
  const message = t('Connector files start programs. Trust this workspace to run them.');
  return { code: 'untrusted', message, exitCode: 1 };
}

function lost(message: string): RpcFailure {
  return { code: 'daemon-lost', message, exitCode: 1 };
}

function otherVersion(): string {
  return t(
    'A daemon of another version serves your runs. They go on; this window shows them when you have restarted it.',
  );
}
