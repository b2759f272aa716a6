/** How the daemon answers a request: the shape of its handlers, and the one place where input becomes typed. */
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type { Method, Params, Responses, RpcFailure } from '../protocol.ts';
import { requestSchemas } from '../protocol.ts';
import type { Result } from '../result.ts';
import { err } from '../result.ts';
import { badRequest } from './failure.ts';

/** What a handler knows about the call besides its parameters. */
export interface CallContext {
  readonly connection: MessageConnection;
  /** Aborted when the client cancels the request or goes away. */
  readonly signal: AbortSignal;
  /** Registers what must be released when the client goes away. */
  onClose(release: () => void): void;
}

/** Answers one kind of request. Expected failures are values; a throw is a bug and is logged. */
export type Handler<M extends Method> = (
  params: Params<M>,
  context: CallContext,
) => Promise<Result<Responses[M], RpcFailure>>;

/** A handler for every request but `hello`, which the server answers itself. */
export type Handlers = { readonly [M in Exclude<Method, 'hello'>]: Handler<M> };

/** Whether a name is that of a request. */
export function isMethod(name: string): name is Method {
  return Object.hasOwn(requestSchemas, name);
}

/** Reads the parameters of a request, from outside. */
export function readParams<M extends Method>(method: M, raw: unknown): Result<Params<M>, RpcFailure> {
  const read = requestSchemas[method].safeParse(raw ?? {});
  if (!read.success) return err(badRequest(method, firstIssue(read.error.issues)));
  // The schema stands under the key M, which TypeScript cannot follow through the indexed access.
  return { ok: true, value: read.data as Params<M> };
}

/** Validates, then calls the handler. */
export async function callHandler<M extends Exclude<Method, 'hello'>>(
  handlers: Handlers,
  method: M,
  raw: unknown,
  context: CallContext,
): Promise<Result<Responses[M], RpcFailure>> {
  const params = readParams(method, raw);
  if (!params.ok) return params;
  const handler: Handler<M> = handlers[method];
  return handler(params.value, context);
}

function firstIssue(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string {
  const issue = issues[0];
  if (issue === undefined) return 'it does not fit the protocol';
  const where = issue.path.map(String).join('.');
  return where === '' ? issue.message : `${where}: ${issue.message}`;
}
