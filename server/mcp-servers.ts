/** MCP servers in the configuration files of workspaces and CLIs: text → names. */
import { readDocument } from '../runtime/analysis/document.ts';
import { member, membersOf } from '../runtime/analysis/json-node.ts';
import type { McpServerPlace } from './facts.ts';

/** Under which key a file holds its servers: `.vscode/mcp.json` has its own. */
const serverKeys: readonly string[] = ['mcpServers', 'servers'];

/** The servers of a file, with the places of their names. Broken files give what can be read of them. */
export function findServers(uri: string, text: string): readonly McpServerPlace[] {
  const { root } = readDocument(text, uri);
  return serverKeys.flatMap(key =>
    membersOf(member(root, key)).flatMap(([name, node]) => {
      if (node.keyRange === undefined) return [];
      const range = { start: node.keyRange.start + 1, end: node.keyRange.end - 1 };
      return [{ name, uri, range, text }];
    }),
  );
}

/** Servers of Codex's `config.toml`: its tables `[mcp_servers.<name>]`. */
export function findTomlServers(text: string): readonly string[] {
  const tables = text.matchAll(/^\s*\[mcp_servers\.(?:"([^"\n]+)"|([\w-]+))\]/gm);
  return [...tables].flatMap(([, quoted, bare]) => quoted ?? bare ?? []);
}
