import type { Environment } from '../git/git-environment.ts';
import { err, ok, type Result } from '../result.ts';
import type { SessionConfig, SessionContext, SessionFailure, SessionPlugin } from './session-plugin.ts';

const REFERENCE = /\$\{env:([^}]*)\}/g;

/**
 * Sets the session's variables (spec §3 `env`). `${env:NAME}` reads the client's environment; a missing variable is a
 * failure that names it. What was read joins the values to redact.
 */
export const envPlugin: SessionPlugin = {
  name: 'env',
  apply: async (session, context) => applyEnv(session, context),
};

function applyEnv(session: SessionConfig, context: SessionContext): Result<SessionConfig, SessionFailure> {
  const env: Record<string, string> = { ...session.env };
  const secrets: string[] = [];
  for (const [name, text] of Object.entries(context.settings.env)) {
    const resolved = resolveReferences(text, context.clientEnv);
    if ('missing' in resolved) {
      return err({ kind: 'missing_variable', variable: resolved.missing, neededBy: name });
    }
    env[name] = resolved.value;
    if (resolved.secrets.length > 0) secrets.push(resolved.value, ...resolved.secrets);
  }
  return ok({ ...session, env, redact: [...new Set([...session.redact, ...secrets])] });
}

type Resolved =
  | { readonly value: string; readonly secrets: readonly string[] }
  | { readonly missing: string };

function resolveReferences(text: string, clientEnv: Environment): Resolved {
  const names = [...text.matchAll(REFERENCE)].map(match => match[1] ?? '');
  const missing = names.find(name => clientEnv[name] === undefined);
  if (missing !== undefined) return { missing };
  const secrets = names.map(name => clientEnv[name] ?? '').filter(secret => secret !== '');
  return { value: text.replace(REFERENCE, (_, name: string) => clientEnv[name] ?? ''), secrets };
}
