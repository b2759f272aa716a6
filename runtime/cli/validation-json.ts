/** What `niia validate --json` says about a file. A stable format: fields are only added. */
import { positionAt, type SourceDocument } from '../analysis/document.ts';
import type { Range } from '../analysis/json-node.ts';
import type { CheckedFile } from './connector-file.ts';

/** A place as people count: from 1, columns in UTF-16 code units; `end` is exclusive. */
interface JsonRange {
  readonly start: { readonly line: number; readonly column: number };
  readonly end: { readonly line: number; readonly column: number };
}

/** The file and its diagnostics, as plain JSON. */
export function toJson(file: CheckedFile): object {
  const { document, diagnostics } = file.analysis;
  return {
    file: file.shown,
    isValid: !diagnostics.some(each => each.severity === 'error'),
    diagnostics: diagnostics.map(({ code, severity, message, path, range, fixes, related }) => ({
      code,
      severity,
      message,
      path,
      range: toRange(document, range),
      ...(related
        ? { related: related.map(each => ({ ...each, range: toRange(document, each.range) })) }
        : {}),
      ...(fixes
        ? {
            fixes: fixes.map(fix => ({
              title: fix.title,
              edits: fix.edits.map(edit => ({ range: toRange(document, edit.range), newText: edit.newText })),
            })),
          }
        : {}),
    })),
  };
}

function toRange(document: SourceDocument, range: Range): JsonRange {
  return { start: positionAt(document, range.start), end: positionAt(document, range.end) };
}
