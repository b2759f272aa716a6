/** The answer to a client that asks for diagnostics: those that it has already are not sent again. */
import {
  type Diagnostic,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
} from 'vscode-languageserver';

/** A report whose id tells its content; `previousId` is that of what the client has, if it has anything. */
export function diagnosticReport(
  items: readonly Diagnostic[],
  previousId: string | undefined,
): DocumentDiagnosticReport {
  const resultId = digestOf(JSON.stringify(items));
  if (resultId === previousId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
  return { kind: DocumentDiagnosticReportKind.Full, resultId, items: [...items] };
}

/** FNV-1a, twice with different starts: 64 bits, so that two reports of one file do not meet. Works in browsers, too. */
function digestOf(text: string): string {
  let [low, high] = [0x811c9dc5, 0x01000193];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
  }
  return `${(low >>> 0).toString(36)}-${(high >>> 0).toString(36)}`;
}
