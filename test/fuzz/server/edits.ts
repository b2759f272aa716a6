/** Random edits, as texts of people and programs get them: half-typed JSON, pasted pieces, other line ends. */
import fc from 'fast-check';
import type { Position } from 'vscode-languageserver';
import type { PositionEncoding } from '../../../server/positions.ts';

/** A change of a text; places are parts of its length, so that it fits every text. */
export interface RandomEdit {
  /** Where it begins, 0 … 1. */
  readonly at: number;
  /** How many code points it removes. */
  readonly removed: number;
  readonly inserted: string;
}

/** One message of changes to a document, and where the client asks afterwards. */
export interface RandomStep {
  readonly edits: readonly RandomEdit[];
  /** The whole text is sent instead of the changes. */
  readonly isWhole: boolean;
  /** The edits are made to the text that the sequence began with: broken texts would never be whole again. */
  readonly isUndone: boolean;
  /** Place of the cursor, 0 … 1; else behind the last edit. */
  readonly cursor: number | undefined;
}

/** What connector files are made of, whole and in pieces. */
const pieces: readonly string[] = [
  ...'{}[]",: \n\t\\/a1.$|',
  '\r\n',
  '\r',
  '{}',
  '[]',
  '""',
  '": "',
  '", "',
  '},\n{',
  '\u0000',
  '😀',
  'ü',
  '\\u00e4',
  '\\"',
  '// comment\n',
  '/*',
  '*/',
  '\ufeff',
  '<<<<<<< HEAD\n',
  '=======\n',
  '>>>>>>> theirs\n',
  '"connector": "2.1"',
  '"model": "smart"',
  '"models": { "smart": "opus", "a": ["b", { "model": "a" }] },',
  '"name": "review"',
  '"workers": 3',
  '"workers": [{ "name": "x" }, {}]',
  '"needs": ["plan"]',
  '"session": { "worktree": "{name}-{worker}", "permission": "ask" }',
  '"type": "meeting"',
  '"participants": [{ "id": "a", "role": "r" }]',
  '"steps": { "s": { "binary": "npm", "output": { "r": { "match": "exit:1", "next": ["s"] } } } }',
  '"pipeline": { "phases": [{ "name": "p" }] }',
  '"connector": "other.connector.json"',
  '{answers.plan}',
  '{answers.plan.1}',
  '{task}',
  '{{',
  '${env:HOME}',
  'true',
  'null',
  '-1e9',
];

/** Anywhere in a text, evenly: left to itself the library likes the ends. */
const fraction: fc.Arbitrary<number> = fc
  .noBias(fc.nat({ max: 1_000_000 }))
  .map(number => number / 1_000_000);

const edit: fc.Arbitrary<RandomEdit> = fc.record({
  at: fraction,
  removed: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.nat({ max: 6 }) },
    { weight: 2, arbitrary: fc.nat({ max: 60 }) },
    { weight: 1, arbitrary: fc.nat({ max: 800 }) },
  ),
  inserted: fc.oneof(
    { weight: 2, arbitrary: fc.constant('') },
    { weight: 6, arbitrary: fc.constantFrom(...pieces) },
    { weight: 3, arbitrary: fc.constantFrom('a', ' ', '\n', '-', 'é') },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 8 }) },
  ),
});

/** A message of one to three changes. */
export const randomStep: fc.Arbitrary<RandomStep> = fc.record({
  edits: fc.oneof(
    { weight: 3, arbitrary: fc.tuple(edit) },
    { weight: 1, arbitrary: fc.array(edit, { minLength: 2, maxLength: 3 }) },
  ),
  isWhole: fc.noBias(fc.nat({ max: 19 })).map(number => number === 0),
  isUndone: fc.noBias(fc.nat({ max: 1 })).map(number => number === 0),
  cursor: fc.option(fraction, { nil: undefined, freq: 3 }),
});

/** The range that an edit replaces in a text, in UTF-16 units; never inside of a character. */
export function placeOf(text: string, { at, removed }: RandomEdit): { start: number; end: number } {
  const start = characterStart(text, Math.floor(at * text.length));
  let end = start;
  for (let left = removed; left > 0 && end < text.length; left--) end = characterEnd(text, end);
  return { start, end };
}

/** The begin of the character at an offset; editors take `\r\n` for one, and so does the protocol. */
export function characterStart(text: string, offset: number): number {
  return offset > 0 && characterEnd(text, offset - 1) > offset ? offset - 1 : offset;
}

function characterEnd(text: string, offset: number): number {
  const isPair = (text.codePointAt(offset) ?? 0) > 0xffff || text.startsWith('\r\n', offset);
  return offset + (isPair ? 2 : 1);
}

/**
 * The position of an offset as a client computes it: independent of the server's own code, so that a mistake there shows.
 */
export function positionAt(text: string, offset: number, encoding: PositionEncoding): Position {
  const before = text.slice(0, offset);
  // Between \r and \n the line has not ended yet.
  const ends = [...before.matchAll(/\r\n|\n|\r(?!\n)/g)].filter(
    ({ index, 0: end }) => !(end === '\r' && text[index + 1] === '\n'),
  );
  const last = ends.at(-1);
  const lineText = last === undefined ? before : before.slice(last.index + last[0].length);
  return { line: ends.length, character: lengthIn(lineText, encoding) };
}

function lengthIn(text: string, encoding: PositionEncoding): number {
  switch (encoding) {
    case 'utf-8':
      return Buffer.byteLength(text);
    case 'utf-16':
      return text.length;
    case 'utf-32':
      return [...text].length;
    default:
      return encoding satisfies never;
  }
}
