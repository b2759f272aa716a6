/** One pass over the tokens of a JSON text: what JSON forbids but we read, and whether it is safe to parse at all. */
import { createScanner } from 'jsonc-parser';
import type { Range } from './json-node.ts';

/** What the scan found. */
export interface ScanResult {
  readonly comments: readonly Range[];
  readonly trailingCommas: readonly Range[];
  /** Set where the nesting first passes the limit; such a text is not parsed. */
  readonly tooDeepAt?: number;
}

// jsonc-parser's SyntaxKind is a const enum, which type stripping cannot read.
const token = { openBrace: 1, closeBrace: 2, openBracket: 3, closeBracket: 4, comma: 5 } as const;
const trivia = { lineComment: 12, blockComment: 13, lineBreak: 14, space: 15 } as const;
const endOfText = 17;

/** Scans the text; nesting deeper than `maxDepth` ends the scan. */
export function scanTokens(text: string, maxDepth: number): ScanResult {
  const scanner = createScanner(text, false);
  const comments: Range[] = [];
  const trailingCommas: Range[] = [];
  let depth = 0;
  let comma: Range | undefined;
  for (;;) {
    const kind: number = scanner.scan();
    const start = scanner.getTokenOffset();
    // The scanner runs past the end after an unclosed comment.
    const range = { start, end: Math.min(start + scanner.getTokenLength(), text.length) };
    if (kind === endOfText) return { comments, trailingCommas };
    if (kind === trivia.lineComment || kind === trivia.blockComment) comments.push(range);
    if (kind >= trivia.lineComment && kind <= trivia.space) continue;
    if (kind === token.openBrace || kind === token.openBracket) depth++;
    if (depth > maxDepth) return { comments, trailingCommas, tooDeepAt: start };
    if (kind === token.closeBrace || kind === token.closeBracket) {
      depth--;
      if (comma) trailingCommas.push(comma);
    }
    comma = kind === token.comma ? range : undefined;
  }
}
