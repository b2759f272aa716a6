/** The fence around every feature: it answers in time, for the version that was asked about, and never brings the server down. */
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { ClientSupport } from './client-support.ts';
import type { Documents } from './documents.ts';
import type { FactsSource } from './facts.ts';
import type { DocumentParams, Feature, FeatureContext, HandlerOptions, Handlers, Token } from './feature.ts';
import type { Settings } from './settings.ts';

/** What the fence works with. */
export interface GuardParts {
  readonly documents: Documents;
  readonly facts: FactsSource;
  readonly client: ClientSupport;
  readonly settings: () => Settings;
  /** Called for every request. */
  readonly onAsked: () => void;
  /** Where failures of features are told (window/logMessage). */
  readonly log: (message: string) => void;
}

/** Longest a feature may compute before `isCancelled` says stop, in ms. */
const maxComputeMs = 1000;

/** Longest that the first answer waits for the user's configuration, in ms: a file that is read in one or two. */
const maxUserWaitMs = 500;

/** Makes handlers around the parts of one server. */
export function createHandlers(parts: GuardParts): Handlers {
  return {
    document: (name, feature, none, options) => documentHandler(parts, name, feature, none, options),
    workspace: (name, feature, none, options) => async (params, token) => {
      parts.onAsked();
      const compute = () => attempt(parts, name, none, () => feature(params, contextOf(parts, token)));
      return await withFacts(parts, token, compute, options);
    },
  };
}

function documentHandler<P extends DocumentParams, R>(
  parts: GuardParts,
  name: string,
  feature: Feature<P, R>,
  none: R,
  options?: HandlerOptions,
): (params: P, token: Token) => Promise<R> {
  return async (params, token) => {
    parts.onAsked();
    const { uri } = params.textDocument;
    const asked = parts.documents.get(uri);
    if (asked === undefined) return none;
    const compute = () =>
      attempt(parts, name, none, () => {
        // Taken again: waiting for facts may have brought new inputs for the same text.
        const snapshot = parts.documents.get(uri);
        if (snapshot === undefined || snapshot.kind === 'no') return none;
        return feature(snapshot, params, contextOf(parts, token));
      });
    const result = await withFacts(parts, token, compute, options);
    if (parts.documents.get(uri)?.version !== asked.version) throw contentModified();
    return result;
  };
}

/** Computes; if that asked for facts not known yet, waits for them a little and computes once more. */
async function withFacts<R>(
  { facts }: GuardParts,
  token: Token,
  compute: () => Promise<R>,
  { waitMs = 0 }: HandlerOptions = {},
): Promise<R> {
  // Analyses depend on the adapters that the user has configured: the first answer of all waits for them.
  if (facts.user() === undefined) await facts.settled(maxUserWaitMs);
  if (token.isCancellationRequested) throw cancelled();
  const result = await compute();
  if (waitMs === 0 || facts.pending === 0) return result;
  await facts.settled(waitMs);
  if (token.isCancellationRequested) throw cancelled();
  return await compute();
}

async function attempt<R>(
  { log }: GuardParts,
  name: string,
  none: R,
  compute: () => R | Promise<R>,
): Promise<R> {
  try {
    return await compute();
  } catch (error) {
    log(`${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return none;
  }
}

function contextOf({ documents, facts, client, settings }: GuardParts, token: Token): FeatureContext {
  const deadline = performance.now() + maxComputeMs;
  return {
    facts,
    settings: settings(),
    client,
    workspace: () => documents.workspace(facts),
    isCancelled: () => token.isCancellationRequested || performance.now() > deadline,
  };
}

function cancelled(): Error {
  return new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
}

function contentModified(): Error {
  return new ResponseError(LSPErrorCodes.ContentModified, 'the document has changed');
}
