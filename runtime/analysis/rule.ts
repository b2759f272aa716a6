/** The contract of a rule: one rule is one file in rules/ and one diagnostic code. */
import type { Finding, Severity } from './diagnostic.ts';
import type { SourceDocument } from './document.ts';
import type { ModelNames } from './model-names.ts';
import type { Outline } from './outline.ts';
import type { ShapeFinding } from './shape-check.ts';
import type { ReadTemplate } from './templates.ts';

/** A check of a connector file. */
export interface Rule {
  /** Stable, kebab-case; the file in rules/ has the same name. */
  readonly code: string;
  /** Severity unless the user sets another one. */
  readonly severity: Severity;
  /** For docs/rules.md: why it matters, in one or two sentences of Markdown. */
  readonly doc: string;
  /** For docs/rules.md: what its quick fix does; absent if it has none. */
  readonly fix?: string;
  /** Looks through a file. Must not throw, whatever the file looks like. */
  readonly check: (context: RuleContext) => Iterable<Finding>;
}

/** What a rule may look at. */
export interface RuleContext {
  readonly document: SourceDocument;
  readonly outline: Outline;
  readonly names: ModelNames;
  readonly shapeFindings: readonly ShapeFinding[];
  /** The texts of the file that hold placeholders. */
  readonly templates: readonly ReadTemplate[];
}

/** The findings of the shape check of one kind. */
export function shapeFindings<K extends ShapeFinding['kind']>(
  context: RuleContext,
  kind: K,
): readonly Extract<ShapeFinding, { kind: K }>[] {
  return context.shapeFindings.filter(
    (finding): finding is Extract<ShapeFinding, { kind: K }> => finding.kind === kind,
  );
}
