/** Entries of MCP servers in other files (`.mcp.json` and the like), as the protocol wants them. */
import type { Location } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { WorkspaceFacts } from './facts.ts';
import { createPositions, type PositionEncoding } from './positions.ts';

/**
 * The entry that a connector file's `tools.mcp` name is looked up in (spec §7), as the place of its name without quotes;
 * undefined if nobody has one, or it is not known yet.
 */
export function findMcpEntry(
  uri: string,
  name: string,
  facts: WorkspaceFacts,
  encoding: PositionEncoding,
): Location | undefined {
  const place = facts.mcpServers(uri)?.find(server => server.name === name);
  if (place === undefined) return undefined;
  const { start, end } = place.range;
  const isQuoted = end - start >= 2 && place.text[start] === '"';
  const range = isQuoted ? { start: start + 1, end: end - 1 } : place.range;
  const document = TextDocument.create(place.uri, 'json', 0, place.text);
  return { uri: place.uri, range: createPositions(document, encoding).rangeOf(range) };
}
