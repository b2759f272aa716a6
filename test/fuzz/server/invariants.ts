/** What must hold for answers about any text, however broken. */
import assert from 'node:assert/strict';
import { type ParseError, parse } from 'jsonc-parser';
import type { CompletionList, Position, Range, TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { createPositions, type PositionEncoding } from '../../../server/positions.ts';

/** The text that answers are about. */
export interface AskedText {
  readonly uri: string;
  readonly text: string;
  readonly encoding: PositionEncoding;
}

/**
 * Fails unless every range of an answer lies in the text, forwards, and edits keep a valid text valid. `where` is for the
 * message.
 */
export function checkAnswer(asked: AskedText, where: string, method: string, answer: unknown): void {
  const document = TextDocument.create(asked.uri, 'json', 0, asked.text);
  const { offsetsOf, positionAt } = createPositions(document, asked.encoding);
  for (const range of rangesOf(answer)) {
    const { start, end } = offsetsOf(range);
    assert.ok(start <= end, `${where}: backwards ${JSON.stringify(range)}`);
    const back = { start: positionAt(start), end: positionAt(end) };
    assert.deepEqual(back, range, `${where}: not in the text`);
  }
  if (!isValid(asked.text)) return;
  for (const { title, edits } of editsIn(asked.uri, method, answer)) {
    const places = edits.map(edit => ({ ...offsetsOf(edit.range), newText: edit.newText }));
    const after = applied(asked.text, places, `${where}: ${title}`);
    assert.ok(isValid(after), `${where}: ${title} breaks the text:\n${after}`);
  }
}

function isValid(text: string): boolean {
  const errors: ParseError[] = [];
  parse(text.replace(/^\ufeff/, ''), errors, { allowTrailingComma: true });
  return errors.length === 0;
}

interface NamedEdits {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** The edits of an answer that a user can choose, each by itself. */
function editsIn(uri: string, method: string, answer: unknown): readonly NamedEdits[] {
  if (answer === null || answer === undefined) return [];
  switch (method) {
    // What these methods answer is said by the protocol.
    case 'textDocument/completion':
      return completionEdits(answer as CompletionList);
    case 'textDocument/rename':
      return [{ title: 'rename', edits: workspaceEdits(uri, answer as WorkspaceEdit) }];
    case 'textDocument/codeAction':
      return (answer as readonly { readonly title: string; readonly edit?: WorkspaceEdit }[]).flatMap(
        ({ title, edit }) => (edit ? [{ title, edits: workspaceEdits(uri, edit) }] : []),
      );
    case 'textDocument/formatting':
    case 'textDocument/rangeFormatting':
      return [{ title: 'format', edits: answer as readonly TextEdit[] }];
    default:
      return [];
  }
}

function completionEdits({ items }: CompletionList): readonly NamedEdits[] {
  return items.flatMap(({ label, textEdit, insertTextFormat }) =>
    textEdit && 'range' in textEdit && insertTextFormat !== 2 ? [{ title: label, edits: [textEdit] }] : [],
  );
}

function workspaceEdits(uri: string, edit: WorkspaceEdit): readonly TextEdit[] {
  const changes = (edit.documentChanges ?? []).flatMap(change =>
    'edits' in change && change.textDocument.uri === uri
      ? change.edits.filter(each => 'newText' in each)
      : [],
  );
  return [...changes, ...(edit.changes?.[uri] ?? [])];
}

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

function applied(text: string, replacements: readonly Replacement[], what: string): string {
  const sorted = [...replacements].sort((a, b) => b.start - a.start || b.end - a.end);
  sorted.forEach(({ end }, index) => {
    const later = sorted[index - 1];
    assert.ok(later === undefined || end <= later.start, `${what}: edits overlap`);
  });
  return sorted.reduce(
    (result, { start, end, newText }) => result.slice(0, start) + newText + result.slice(end),
    text,
  );
}

/** Every range anywhere in an answer. */
function rangesOf(value: unknown): readonly Range[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isRange(value)) return [{ start: value.start, end: value.end }];
  return Object.values(value).flatMap(rangesOf);
}

function isRange(value: object): value is Range {
  return 'start' in value && 'end' in value && isPosition(value.start) && isPosition(value.end);
}

function isPosition(value: unknown): value is Position {
  return typeof value === 'object' && value !== null && 'line' in value && 'character' in value;
}
