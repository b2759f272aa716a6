import { printParseErrorCode } from 'jsonc-parser';
import type { Fix } from '../diagnostic.ts';
import type { SourceDocument, SyntaxFault } from '../document.ts';
import type { Rule } from '../rule.ts';

/** The text is not JSON. */
export const syntax: Rule = {
  code: 'syntax',
  severity: 'error',
  doc: 'The text is not JSON. What can still be read is checked all the same, but the file does not run.',
  fix: 'Inserts a comma where only a comma is missing.',
  *check({ document }) {
    for (const fault of document.syntaxErrors) {
      const code = printParseErrorCode(fault.code);
      const range = visibleRange(document, fault);
      const fixes = code === 'CommaExpected' ? [insertComma(document, fault)] : [];
      yield { range, path: [], message: messages[code] ?? 'This is not JSON.', fixes };
    }
  },
};

const messages: Readonly<Record<string, string>> = {
  InvalidSymbol:
    'This is no JSON value. Texts need double quotes; the only bare words are true, false and null.',
  InvalidNumberFormat: 'This is no JSON number.',
  PropertyNameExpected: 'A key in double quotes is expected here.',
  ValueExpected: 'A value is expected here.',
  ColonExpected: 'A colon is expected after the key.',
  CommaExpected: 'A comma is expected before this.',
  CloseBraceExpected: 'A closing brace } is expected here.',
  CloseBracketExpected: 'A closing bracket ] is expected here.',
  EndOfFileExpected: 'Nothing may follow the end of the value.',
  UnexpectedEndOfComment: 'This comment has no end: close it with */.',
  UnexpectedEndOfString:
    'This text has no end: close it with a double quote on the same line (\\n makes a line break).',
  UnexpectedEndOfNumber: 'This number has no end.',
  InvalidUnicode: '\\u needs four hexadecimal digits.',
  InvalidEscapeCharacter: 'This is no escape of JSON; a backslash itself is written \\\\.',
  InvalidCharacter: 'This character is not allowed in a text; write it as an escape, like \\n or \\t.',
};

/** A fault at the very end of the text is shown on its last visible character. */
function visibleRange(document: SourceDocument, fault: SyntaxFault) {
  const { start, end } = fault.range;
  if (start < document.text.trimEnd().length)
    return { start, end: Math.min(Math.max(end, start + 1), document.text.length) };
  const last = document.text.trimEnd().length;
  return { start: Math.max(last - 1, 0), end: last };
}

function insertComma(document: SourceDocument, fault: SyntaxFault): Fix {
  const at = document.text.slice(0, fault.range.start).trimEnd().length;
  return { title: 'Insert a comma', edits: [{ range: { start: at, end: at }, newText: ',' }] };
}
