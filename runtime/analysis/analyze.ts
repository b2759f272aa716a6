/** The one analysis of a connector file, behind `niia validate`, the planner and the language server. Pure; never throws. */
import { connectorShape } from '../spec/generated/connector-shape.ts';
import type { Workflow } from '../spec/workflow.ts';
import type { Diagnostic, Severity } from './diagnostic.ts';
import { readDocument, type SourceDocument } from './document.ts';
import { member } from './json-node.ts';
import { collectModelNames, type ModelNames } from './model-names.ts';
import { normalize } from './normalize.ts';
import { type Outline, readOutline } from './outline.ts';
import type { Rule, RuleContext } from './rule.ts';
import { rules } from './rules.ts';
import { checkShape } from './shape-check.ts';
import { readTemplates } from './templates.ts';

/** What the caller knows beside the text. */
export interface AnalyzeOptions {
  /** For messages and the default name of the workflow. */
  readonly fileName: string;
  /** Names of configured agent adapters, besides the built-in ones. */
  readonly adapters?: readonly string[];
  /** Severities by rule code, as the user sets them; `off` hides the rule's diagnostics. */
  readonly ruleSeverities?: Readonly<Record<string, Severity | 'off'>>;
}

/** What there is to say about a file. */
export interface Analysis {
  readonly document: SourceDocument;
  readonly outline: Outline;
  readonly names: ModelNames;
  /** In file order; at most some hundred of one rule. */
  readonly diagnostics: readonly Diagnostic[];
  /**
   * The normal form, if the file can run. A severity that the user lowered changes what is shown, not what runs: a
   * wrong `permission` or `sandbox` must not turn into a default (spec §1). Without lowered severities it is absent
   * exactly if there is an error.
   */
  readonly workflow: Workflow | undefined;
}

/** Nobody reads more diagnostics of one kind, and each costs time. */
const maxPerRule = 200;

/** Reads a file and checks it. Each part is computed when it is first asked for: most requests of an editor need few. */
export function analyze(text: string, options: AnalyzeOptions): Analysis {
  return new LazyAnalysis(text, options);
}

class LazyAnalysis implements Analysis {
  readonly document: SourceDocument;
  readonly #options: AnalyzeOptions;
  #outline: Outline | undefined;
  #names: ModelNames | undefined;
  #findings: Findings | undefined;
  /** In an object, as files with errors have none: that is found out once too. */
  #normal: { readonly workflow: Workflow | undefined } | undefined;

  constructor(text: string, options: AnalyzeOptions) {
    this.document = readDocument(text, options.fileName);
    this.#options = options;
  }

  get outline(): Outline {
    this.#outline ??= readOutline(this.document.root);
    return this.#outline;
  }

  get names(): ModelNames {
    const { root } = this.document;
    this.#names ??= collectModelNames(member(root, 'models'), this.#options.adapters ?? []);
    return this.#names;
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#checked().diagnostics;
  }

  get workflow(): Workflow | undefined {
    this.#normal ??= { workflow: this.#checked().isBlocked ? undefined : this.#normalize() };
    return this.#normal.workflow;
  }

  #checked(): Findings {
    this.#findings ??= check(this, this.#options.ruleSeverities ?? {});
    return this.#findings;
  }

  #normalize(): Workflow | undefined {
    const { outline, names } = this;
    return normalize({ outline, names, fileName: this.#options.fileName });
  }
}

/** What the rules say. */
interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  /** An error stands in the way of a run, whatever severity the user gave it. */
  readonly isBlocked: boolean;
}

function check(
  { document, outline, names }: Pick<Analysis, 'document' | 'outline' | 'names'>,
  severities: Readonly<Record<string, Severity | 'off'>>,
): Findings {
  const { root } = document;
  const shapeFindings = root ? checkShape(root, connectorShape, 'Connector') : [];
  const context = { document, outline, names, shapeFindings, templates: readTemplates(outline, names) };
  const found = rules.flatMap(rule => runRule(rule, context));
  const diagnostics = found.flatMap(finding => withSeverity(finding, severities));
  diagnostics.sort((a, b) => a.range.start - b.range.start || (a.code < b.code ? -1 : 1));
  const isBlocked = [...found, ...diagnostics].some(diagnostic => diagnostic.severity === 'error');
  return { diagnostics, isBlocked };
}

function runRule(rule: Rule, context: RuleContext): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const finding of rule.check(context)) {
    const { fixes, ...rest } = finding;
    const hasFixes = fixes !== undefined && fixes.length > 0;
    diagnostics.push({ code: rule.code, severity: rule.severity, ...rest, ...(hasFixes ? { fixes } : {}) });
    if (diagnostics.length >= maxPerRule) break;
  }
  return diagnostics;
}

function withSeverity(
  diagnostic: Diagnostic,
  severities: Readonly<Record<string, Severity | 'off'>>,
): readonly Diagnostic[] {
  const severity = Object.hasOwn(severities, diagnostic.code) ? severities[diagnostic.code] : undefined;
  if (severity === 'off') return [];
  return [severity === undefined ? diagnostic : { ...diagnostic, severity }];
}
