/** Whether a JSON text is nested too deeply to be parsed: jsonc-parser recurses once per level. */
import { createScanner } from 'jsonc-parser';

// jsonc-parser's SyntaxKind is a const enum, which type stripping cannot read.
const token = { openBrace: 1, closeBrace: 2, openBracket: 3, closeBracket: 4, endOfText: 17 } as const;

/** The offset where the nesting first passes `maxDepth`, if it does. For broken texts at least as deep as the parser gets. */
export function findTooDeep(text: string, maxDepth: number): number | undefined {
  if (countOpenings(text, maxDepth) <= maxDepth) return undefined;
  const scanner = createScanner(text, true);
  const closings: number[] = [];
  for (let kind: number = scanner.scan(); kind !== token.endOfText; kind = scanner.scan()) {
    if (kind === token.openBrace) closings.push(token.closeBrace);
    if (kind === token.openBracket) closings.push(token.closeBracket);
    // A closing that does not fit does not make the parser return: it is not counted either.
    if (kind === closings.at(-1)) closings.pop();
    if (closings.length > maxDepth) return scanner.getTokenOffset();
  }
  return undefined;
}

/** Openings anywhere, in texts and comments too: so few that the exact count is not needed, for nearly every file. */
function countOpenings(text: string, enough: number): number {
  let count = 0;
  for (let at = 0; at < text.length && count <= enough; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x7b || code === 0x5b) count++;
  }
  return count;
}
