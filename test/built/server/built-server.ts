/** The language server of dist/ and documents for it. */
import { join } from 'node:path';
import { LSPErrorCodes, type Position, type ServerCapabilities, type TextEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { LspProcess } from '../../support/lsp-process.ts';
import { everyRequest } from '../../support/lsp-requests.ts';

/** The built programs. */
export const dist = join(import.meta.dirname, '../../../dist');

/** What clients start. */
export const serverArgv = (node = process.execPath): readonly string[] => [
  node,
  join(dist, 'server.js'),
  '--stdio',
];

/** A document that lies nowhere on the disk. */
export const uri = 'file:///niia-no-such-folder/test.connector.json';

/** A document with a cursor, `|` in the marked text. */
export interface MarkedDocument {
  readonly text: string;
  readonly position: Position;
  /** Parameters of a request about the cursor. */
  readonly at: { readonly textDocument: { readonly uri: string }; readonly position: Position };
}

/** Takes the `|` out of a text. */
export function marked(source: string): MarkedDocument {
  const offset = source.indexOf('|');
  const text = source.slice(0, offset) + source.slice(offset + 1);
  const position = TextDocument.create(uri, 'json', 0, text).positionAt(offset);
  return { text, position, at: { textDocument: { uri }, position } };
}

/** A text after edits. */
export function edited(text: string, edits: readonly TextEdit[]): string {
  return TextDocument.applyEdits(TextDocument.create(uri, 'json', 0, text), [...edits]);
}

/** A connector file as one would write it, with this phase. */
export function withPhase(phase: string): string {
  return `{
  "connector": "2.1",
  "models": { "smart": "opus", "fast": ["haiku", "smart"] },
  "pipeline": { "phases": [
    { "name": "plan", "model": "fast", "prompt": "Plan {task}" },
    ${phase}
  ] }
}`;
}

/**
 * Asks for everything the server offers about a place and about the document as a whole. A refusal with a reason (there is
 * nothing to rename) is an answer; any other error rejects. Returns how many answers came.
 */
export async function askEverything(
  server: Pick<LspProcess, 'request'>,
  capabilities: ServerCapabilities,
  position: Position,
): Promise<number> {
  const range = { start: { line: 0, character: 0 }, end: position };
  const requests = everyRequest(capabilities, { uri, position, range });
  const isRefusal = (error: { readonly code?: number }) => error.code === LSPErrorCodes.RequestFailed;
  const answers = requests.map(({ method, params }) =>
    server.request(method, params).catch(error => {
      if (!isRefusal(error)) throw error;
    }),
  );
  await Promise.all(answers);
  return requests.length;
}
