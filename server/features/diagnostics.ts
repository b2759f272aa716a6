/** Diagnostics: what the analysis says, in the protocol's words. */
import type { Diagnostic as ProtocolDiagnostic } from 'vscode-languageserver';
import { DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver';
import type { Diagnostic, Severity } from '../../runtime/analysis/diagnostic.ts';
import type { FeatureContext } from '../feature.ts';
import type { Snapshot } from '../snapshot.ts';

/** All diagnostics of a document. */
export function diagnostics(
  snapshot: Snapshot,
  _params: unknown,
  _context: FeatureContext,
): readonly ProtocolDiagnostic[] {
  return snapshot.analysis.diagnostics.map(diagnostic => toProtocol(diagnostic, snapshot));
}

const severityOf: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

function toProtocol(diagnostic: Diagnostic, { positions }: Snapshot): ProtocolDiagnostic {
  return {
    range: positions.rangeOf(diagnostic.range),
    severity: severityOf[diagnostic.severity],
    code: diagnostic.code,
    source: 'connector',
    message: diagnostic.message,
    ...(diagnostic.tags ? { tags: [DiagnosticTag.Unnecessary] } : {}),
  };
}
