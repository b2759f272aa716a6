/** The contract of a language feature: a pure function, and how the server offers it. */
import type { Connection, ServerCapabilities } from 'vscode-languageserver';
import type { ClientSupport } from './client-support.ts';
import type { WorkspaceFacts } from './facts.ts';
import type { Settings } from './settings.ts';
import type { Snapshot } from './snapshot.ts';

/** What a feature may look at besides the document and the request. */
export interface FeatureContext {
  readonly facts: WorkspaceFacts;
  readonly settings: Settings;
  readonly client: ClientSupport;
  /** All connector files of the workspace known so far, with the texts of the editor where they are open. */
  readonly workspace: () => readonly Snapshot[];
  /** True once nobody waits for the answer any more, or it has taken too long: long loops stop then. */
  readonly isCancelled: () => boolean;
}

/** A feature over one document. Pure: asks nobody, changes nothing. */
export type Feature<P, R> = (snapshot: Snapshot, params: P, context: FeatureContext) => R | Promise<R>;

/** A request about one document. */
export interface DocumentParams {
  readonly textDocument: { readonly uri: string };
}

/** How a handler is made out of a feature. */
export interface HandlerOptions {
  /**
   * How long the answer may wait for facts that are still being looked up, in ms. 0 (default): answer with what is
   * known; the client is told to ask again when more is.
   */
  readonly waitMs?: number;
}

/** Makes handlers that honour cancellation and versions, and never throw (`guard.ts`). */
export interface Handlers {
  /** For a request about one document; `none` is the answer where there is nothing to say. */
  document<P extends DocumentParams, R>(
    name: string,
    feature: Feature<P, R>,
    none: NoInfer<R>,
    options?: HandlerOptions,
  ): (params: P, token: Token) => Promise<R>;
  /** For a request about no document in particular. */
  workspace<P, R>(
    name: string,
    feature: (params: P, context: FeatureContext) => R | Promise<R>,
    none: NoInfer<R>,
    options?: HandlerOptions,
  ): (params: P, token: Token) => Promise<R>;
}

/** A cancellation token, as far as we look at it. */
export interface Token {
  readonly isCancellationRequested: boolean;
}

/** A group of features, as the server registers it. */
export interface FeatureGroup {
  /** What the client is told that the server can do. */
  capabilities(client: ClientSupport, settings: Settings): ServerCapabilities;
  /** Installs the handlers. */
  register(connection: Connection, handlers: Handlers): void;
}
