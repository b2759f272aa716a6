/** Placeholders in prompts, roles, slugs, args and env (spec §5.2): text → parts → text. */
import type { Range } from './json-node.ts';

/** A piece of a template; ranges are offsets in the template's text. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string; readonly range: Range }
  /** `{name}`: a built-in name or a variable of `--var`. */
  | { readonly kind: 'name'; readonly name: string; readonly source: string; readonly range: Range }
  /** `{answers.<phase>}` or `{answers.<phase>.<worker>}`; `splitAnswers` tells which. */
  | { readonly kind: 'answers'; readonly reference: string; readonly source: string; readonly range: Range };

/** A piece that stands for something else. */
export type Placeholder = Exclude<TemplatePart, { kind: 'text' }>;

/** How a template is read. */
export interface TemplateOptions {
  /** For scripts of the shell adapter (spec §4): `${…}` is the shell's own and stays as it is. */
  readonly isShell?: boolean;
}

/** The names that always have a value (spec §5.2), besides `answers.…`. */
export const builtInPlaceholders: readonly string[] = ['task', 'name', 'phase', 'worker', 'run'];

/** `{{` | `${…}` | `{answers.…}` | `{name}`; anything else in braces (JSON, code) is plain text. */
const pattern = /\{\{|\$\{[^{}\n]*\}|\{answers\.([^{}\n]+)\}|\{([\p{L}_][\p{L}\p{N}_-]*)\}/gu;

/** Cuts a text into parts, in order and without gaps; every text is a valid template. */
export function parseTemplate(text: string, options: TemplateOptions = {}): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let end = 0;
  const addText = (upTo: number, literal = text.slice(end, upTo)): void => {
    if (upTo > end) parts.push({ kind: 'text', text: literal, range: { start: end, end: upTo } });
    end = upTo;
  };
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [source, reference, name] = match;
    if (source.startsWith('$')) {
      // Outside the shell, the dollar sign of `${task}` is text and `{task}` a placeholder; `{env:NAME}` is none.
      if (!options.isShell) pattern.lastIndex = match.index + 1;
      continue;
    }
    addText(match.index);
    const range = { start: match.index, end: match.index + source.length };
    if (reference !== undefined) parts.push({ kind: 'answers', reference, source, range });
    else if (name !== undefined) parts.push({ kind: 'name', name, source, range });
    else parts.push({ kind: 'text', text: '{', range });
    end = range.end;
  }
  addText(text.length);
  return parts;
}

/**
 * Puts the parts together again. `lookup` gives the text for a placeholder, or undefined to leave it as it is written
 * (prompts); where an unknown name must fail (slugs, args), the caller looks through `placeholdersOf` first.
 */
export function expandTemplate(
  parts: readonly TemplatePart[],
  lookup: (placeholder: Placeholder) => string | undefined,
): string {
  return parts.map(part => (part.kind === 'text' ? part.text : (lookup(part) ?? part.source))).join('');
}

/** Only the placeholders of a template. */
export function placeholdersOf(parts: readonly TemplatePart[]): readonly Placeholder[] {
  return parts.filter(part => part.kind !== 'text');
}

/** What a template takes, each once. */
export interface PlaceholderNames {
  /** Of `{name}`. */
  readonly names: readonly string[];
  /** Of `{answers.<reference>}`. */
  readonly references: readonly string[];
}

/**
 * The same as the placeholders of the parsed template, without their places: prompts repeat few of them many times, and
 * are read after every key press.
 */
export function placeholderNames(text: string, options: TemplateOptions = {}): PlaceholderNames {
  const contents = new Set<string>();
  let close = -1;
  for (let open = text.indexOf('{'); open >= 0; ) {
    const next = text.indexOf('{', open + 1);
    if (close < open) close = text.indexOf('}', open);
    if (close < 0) break;
    const isOfShell = options.isShell === true && text[open - 1] === '$';
    if ((next < 0 || close < next) && !isOfShell) contents.add(text.slice(open + 1, close));
    open = next === open + 1 ? text.indexOf('{', next + 1) : next;
  }
  return sorted(contents);
}

/** What stands between the braces of a placeholder. */
const wholeContent = /^(?:answers\.([^{}\n]+)|[\p{L}_][\p{L}\p{N}_-]*)$/u;

function sorted(contents: Iterable<string>): PlaceholderNames {
  const names: string[] = [];
  const references: string[] = [];
  for (const content of contents) {
    const match = wholeContent.exec(content);
    if (match === null) continue;
    const [name, reference] = match;
    if (reference === undefined) names.push(name);
    else references.push(reference);
  }
  return { names, references };
}

/** What an `answers` reference names. */
export interface AnswersReference {
  readonly phase: string;
  /** Absent: all workers of the phase. */
  readonly worker?: string;
}

/**
 * Splits `<phase>` or `<phase>.<worker>`. Names may hold dots themselves, so the longest known phase wins; undefined if
 * no phase fits.
 */
export function splitAnswers(reference: string, phases: ReadonlySet<string>): AnswersReference | undefined {
  if (phases.has(reference)) return { phase: reference };
  for (let dot = reference.lastIndexOf('.'); dot >= 0; dot = reference.lastIndexOf('.', dot - 1)) {
    const phase = reference.slice(0, dot);
    if (phases.has(phase)) return { phase, worker: reference.slice(dot + 1) };
    // From the start of a text it would find the same dot again.
    if (dot === 0) break;
  }
  return undefined;
}
