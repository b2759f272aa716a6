/** MCP servers as configuration files define them (spec §7): text in, servers out. Pure. */
import { parse } from 'jsonc-parser';
import * as z from 'zod';
import { err, ok, type Result } from '../result.ts';
import { codexServers } from './codex-servers.ts';

/** How a server is reached. */
export type ServerAddress =
  | {
      readonly kind: 'stdio';
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      /** Absent = the folder of the caller. */
      readonly cwd?: string;
    }
  | { readonly kind: 'http'; readonly url: string; readonly headers: Readonly<Record<string, string>> };

/** A server of a configuration file. */
export interface ConfiguredServer {
  readonly name: string;
  /** The file that defines it. */
  readonly file: string;
  /** Variables still unresolved; undefined: the entry is no server (`problem` says why). */
  readonly address?: ServerAddress;
  readonly problem?: string;
}

const text = z.string().min(1);
const map = z.record(z.string(), z.coerce.string()).default({});
const entrySchema = z.union([
  z.object({ command: text, args: z.array(z.string()).default([]), env: map, cwd: text.optional() }),
  z.object({ url: text, headers: map }),
]);

/** Servers of a file: of a connector file's `tools.mcp`, `.mcp.json`, `.vscode/mcp.json` or a CLI's settings (TOML: Codex). */
export function serversOf(file: string, content: string): readonly ConfiguredServer[] {
  if (file.endsWith('.toml')) {
    return Object.entries(codexServers(content)).map(([name, entry]) => serverOf(name, file, entry));
  }
  const root = asRecord(parse(content, [], { allowTrailingComma: true }));
  const lists = [asRecord(asRecord(root.tools).mcp), asRecord(root.mcpServers), asRecord(root.servers)];
  return lists.flatMap(list => Object.entries(list).map(([name, entry]) => serverOf(name, file, entry)));
}

function serverOf(name: string, file: string, entry: unknown): ConfiguredServer {
  const read = entrySchema.safeParse(entry);
  if (!read.success) return { name, file, problem: 'it has neither a "command" nor a "url"' };
  if ('url' in read.data) return { name, file, address: { kind: 'http', ...read.data } };
  const { cwd, ...rest } = read.data;
  return { name, file, address: { kind: 'stdio', ...rest, ...(cwd === undefined ? {} : { cwd }) } };
}

/** What stands for `${…}` in a server's entry. */
export interface Variables {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workspaceFolder: string;
}

/**
 * The address with its variables replaced: `${NAME}`, `${NAME:-default}`, `${env:NAME}` and `${workspaceFolder}`. The
 * failure names the variable that has no value.
 */
export function resolveAddress(address: ServerAddress, variables: Variables): Result<ServerAddress, string> {
  const missing: string[] = [];
  const fill = (value: string): string =>
    value.replace(/\$\{([^}]+)\}/g, (whole, inner: string) => {
      const found = lookUp(inner, variables);
      if (found === undefined) missing.push(whole);
      return found ?? whole;
    });
  const fillAll = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fill(value)]));
  const filled: ServerAddress =
    address.kind === 'http'
      ? { kind: 'http', url: fill(address.url), headers: fillAll(address.headers) }
      : {
          kind: 'stdio',
          command: fill(address.command),
          args: address.args.map(fill),
          env: fillAll(address.env),
          ...(address.cwd === undefined ? {} : { cwd: fill(address.cwd) }),
        };
  return missing.length === 0 ? ok(filled) : err(`${missing.join(', ')} has no value`);
}

function lookUp(inner: string, { env, workspaceFolder }: Variables): string | undefined {
  if (inner === 'workspaceFolder') return workspaceFolder;
  const name = inner.startsWith('env:') ? inner.slice('env:'.length) : inner;
  const at = name.indexOf(':-');
  // `${input:…}` and `${command:…}` ask a person in their editor; here they have no value.
  return at < 0 ? env[name] : env[name.slice(0, at)] || name.slice(at + 2);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  // Any object can be looked into by key; a list of names (`tools.mcp`) defines none.
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
