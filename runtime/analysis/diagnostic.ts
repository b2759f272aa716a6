/** Diagnostics: what analysis has to say about a connector file, for terminal and editor alike. */
import type { JsonPath } from '../spec/workflow.ts';
import type { JsonNode, Range } from './json-node.ts';
import { pathOf } from './json-node.ts';

/** How bad it is: a file with an `error` does not run (spec §1). */
export type Severity = 'error' | 'warning' | 'info' | 'hint';

/** A statement about one place of the file. */
export interface Diagnostic {
  /** Stable, kebab-case; docs/rules.md describes every one. */
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong and what to do; plain text, the user's own text in quotes. */
  readonly message: string;
  readonly range: Range;
  /** The value it is about. */
  readonly path: JsonPath;
  readonly related?: readonly Related[];
  readonly fixes?: readonly Fix[];
  readonly tags?: readonly 'unnecessary'[];
}

/** Another place that belongs to a diagnostic. */
export interface Related {
  readonly message: string;
  readonly range: Range;
}

/** A change of the text that mends a diagnostic. Edits do not overlap. */
export interface Fix {
  /** An imperative for a menu, like `Remove the comma`. */
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** Replaces a range; empty ranges insert. */
export interface TextEdit {
  readonly range: Range;
  readonly newText: string;
}

/** What a rule says; the analysis adds code and severity. */
export type Finding = Omit<Diagnostic, 'code' | 'severity'>;

/** Place of a finding about a value. */
export function atValue(node: JsonNode): Pick<Finding, 'range' | 'path'> {
  return { range: node.range, path: pathOf(node) };
}

/** Place of a finding about a key; for values without a key the value. */
export function atKey(node: JsonNode): Pick<Finding, 'range' | 'path'> {
  return { range: node.keyRange ?? node.range, path: pathOf(node) };
}

/** Place of a finding about something an object lacks: its key, or else its opening brace. */
export function atOwner(node: JsonNode): Pick<Finding, 'range' | 'path'> {
  const range = node.keyRange ?? {
    start: node.range.start,
    end: Math.min(node.range.start + 1, node.range.end),
  };
  return { range, path: pathOf(node) };
}

/** The text after a fix. Of several texts put in at one place the first stands first. */
export function applyFix(text: string, fix: Fix): string {
  const forwards = [...fix.edits].sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  const pieces: string[] = [];
  let at = 0;
  for (const { range, newText } of forwards) {
    pieces.push(text.slice(at, range.start), newText);
    at = range.end;
  }
  return pieces.join('') + text.slice(at);
}
