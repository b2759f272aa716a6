/** Semantic tokens: names inside of strings get the colour of what they mean. */
import {
  type SemanticTokens,
  SemanticTokensBuilder,
  type SemanticTokensLegend,
  type SemanticTokensParams,
  type SemanticTokensRangeParams,
} from 'vscode-languageserver';
import type { Range } from '../../runtime/analysis/json-node.ts';
import type { EntityKind, OccurrenceIndex } from '../../runtime/analysis/occurrences.ts';
import type { FeatureContext } from '../feature.ts';
import { nameIndexOf } from '../name-index.ts';
import type { Snapshot } from '../snapshot.ts';

/** Types of the protocol itself, so that every theme has colours for them. */
const types = [
  'variable',
  'enumMember',
  'namespace',
  'class',
  'type',
  'function',
  'interface',
  'parameter',
  'macro',
] as const;
const modifiers = ['declaration', 'defaultLibrary'] as const;

type TokenType = (typeof types)[number];

/** What the numbers of the tokens mean. */
export const semanticTokensLegend: SemanticTokensLegend = {
  tokenTypes: [...types],
  tokenModifiers: [...modifiers],
};

const typeOf: Readonly<Record<EntityKind, TokenType>> = {
  alias: 'variable',
  model: 'enumMember',
  phase: 'namespace',
  member: 'class',
  machine: 'type',
  step: 'function',
  'mcp-server': 'interface',
  variable: 'parameter',
  'built-in': 'parameter',
};

/** The tokens of a document, or of a part of it. */
export function semanticTokens(
  snapshot: Snapshot,
  params: SemanticTokensParams | SemanticTokensRangeParams,
  _context: FeatureContext,
): SemanticTokens {
  const { positions } = snapshot;
  const wanted =
    'range' in params ? positions.offsetsOf(params.range) : { start: 0, end: snapshot.text.length };
  const builder = new SemanticTokensBuilder();
  for (const { range, type, modifier } of tokensIn(nameIndexOf(snapshot), wanted)) {
    const { start, end } = positions.rangeOf(range);
    // Names that are not closed may run over a line's end; tokens must not.
    if (start.line !== end.line) continue;
    const length = end.character - start.character;
    builder.push(start.line, start.character, length, types.indexOf(type), modifier);
  }
  return builder.build();
}

interface Token {
  readonly range: Range;
  readonly type: TokenType;
  /** Bits by the place in the legend. */
  readonly modifier: number;
}

/** Names, and what placeholders are written with around them; none overlap. */
function tokensIn({ all, placeholders }: OccurrenceIndex, wanted: Range): readonly Token[] {
  const isWanted = (range: Range) => range.end > wanted.start && range.start < wanted.end;
  const names = all
    .filter(({ form, range }) => form !== 'implicit' && range.end > range.start && isWanted(range))
    .map(({ entity, role, range }): Token => {
      const modifier = (role === 'definition' ? 1 : 0) | (entity.kind === 'built-in' ? 2 : 0);
      return { range, type: typeOf[entity.kind], modifier };
    });
  const frames = framesOf(placeholders.filter(isWanted), names);
  return [...names, ...frames].sort((a, b) => a.range.start - b.range.start);
}

/** `{answers.`, the dot between names, `}`: what is left of placeholders without the names in them. */
function framesOf(placeholders: readonly Range[], names: readonly Token[]): readonly Token[] {
  const frames: Token[] = [];
  let at = 0;
  for (const { start, end } of placeholders) {
    let from = start;
    while (at < names.length && (names[at]?.range.start ?? 0) < start) at += 1;
    for (; at < names.length && (names[at]?.range.end ?? end + 1) <= end; at += 1) {
      const name = names[at]?.range ?? { start: from, end: from };
      if (name.start > from) frames.push(frame(from, name.start));
      from = name.end;
    }
    if (end > from) frames.push(frame(from, end));
  }
  return frames;
}

function frame(start: number, end: number): Token {
  return { range: { start, end }, type: 'macro', modifier: 0 };
}
