/** MCP servers as Codex defines them (`[mcp_servers.*]` of its `config.toml`), in the form that all others use. Pure. */
import { parse } from 'smol-toml';
import * as z from 'zod';

const map = z.record(z.string(), z.string()).default({});
const names = z.array(z.string()).default([]);

/** Of an entry only what a caller needs: its limits and approvals are codex's own. */
const entrySchema = z.looseObject({
  enabled: z.boolean().default(true),
  env: map,
  /** Variables that the server gets of codex's own. */
  env_vars: names.catch([]),
  http_headers: map,
  /** Headers whose values stand in variables. */
  env_http_headers: map,
  bearer_token_env_var: z.string().optional(),
});

/** The entries by name, those that are switched off left out. Text that is no TOML defines none. */
export function codexServers(content: string): Readonly<Record<string, unknown>> {
  const entries = Object.entries(tableOf(content)).flatMap(([name, entry]) => {
    const read = entrySchema.safeParse(entry);
    // What is no server is told like one of any other file.
    if (!read.success) return [[name, entry] as const];
    return read.data.enabled ? [[name, plainEntry(read.data)] as const] : [];
  });
  return Object.fromEntries(entries);
}

const fileSchema = z.object({ mcp_servers: z.record(z.string(), z.unknown()) });

function tableOf(content: string): Readonly<Record<string, unknown>> {
  try {
    return fileSchema.safeParse(parse(content)).data?.mcp_servers ?? {};
  } catch {
    return {};
  }
}

function plainEntry({
  enabled: _enabled,
  env,
  env_vars: passed,
  http_headers: headers,
  env_http_headers: headerVariables,
  bearer_token_env_var: token,
  ...rest
}: z.infer<typeof entrySchema>): object {
  return {
    ...rest,
    env: { ...Object.fromEntries(passed.map(name => [name, `\${${name}:-}`])), ...env },
    headers: {
      ...headers,
      ...Object.fromEntries(Object.entries(headerVariables).map(([name, of]) => [name, `\${${of}}`])),
      ...(token === undefined ? {} : { Authorization: `Bearer \${${token}}` }),
    },
  };
}
