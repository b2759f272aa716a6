/** Diagnostics: what there is to say against a document, in the protocol's words. */
import type { Diagnostic as ProtocolDiagnostic } from 'vscode-languageserver';
import { DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver';
import type { Diagnostic, Severity } from '../../runtime/analysis/diagnostic.ts';
import type { FeatureContext } from '../feature.ts';
import { isOurs, problemsOf } from '../problems.ts';
import { ruleCodes } from '../settings.ts';
import type { Snapshot } from '../snapshot.ts';

/** All diagnostics of a document that are ours to show. */
export function diagnostics(
  snapshot: Snapshot,
  _params: unknown,
  context: FeatureContext,
): readonly ProtocolDiagnostic[] {
  const problems = problemsOf(snapshot, context.facts, context.settings);
  return problems
    .filter(problem => isOurs(problem, snapshot, context.settings))
    .map(problem => toProtocol(problem, snapshot, context));
}

const severityOf: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** A diagnostic as the client can show it; also what quick fixes say they mend. */
export function toProtocol(
  { range, severity, code, message, tags, related = [] }: Diagnostic,
  { positions, uri }: Snapshot,
  { client, settings }: FeatureContext,
): ProtocolDiagnostic {
  const { diagnosticParts } = client;
  const page = diagnosticParts.link && ruleCodes.has(code) ? settings.rulesPage : undefined;
  const places = related.map(other => ({
    location: { uri, range: positions.rangeOf(other.range) },
    message: other.message,
  }));
  return {
    range: positions.rangeOf(range),
    severity: severityOf[severity],
    code,
    source: 'connector',
    message,
    ...(tags && diagnosticParts.tags ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    ...(places.length > 0 && diagnosticParts.related ? { relatedInformation: places } : {}),
    ...(page === undefined ? {} : { codeDescription: { href: `${page}#${code}` } }),
  };
}
