import { expandTemplate, type Placeholder, parseTemplate, placeholdersOf } from '../analysis/placeholders.ts';

/** Values of placeholders that are known before the run starts (spec §5.2): all but `run` and `answers.…`. */
export type KnownValues = Readonly<Record<string, string>>;

/** A template with what is known put in. */
export interface Expanded {
  readonly text: string;
  /** Placeholders, as written, that had no value and are left in. */
  readonly left: readonly string[];
}

/** Puts the known values into a template; `{run}` stays and is not counted as left. */
export function expandKnown(template: string, values: KnownValues): Expanded {
  const parts = parseTemplate(template);
  const left = placeholdersOf(parts)
    .filter(part => !isRun(part) && knownValue(part, values) === undefined)
    .map(part => part.source);
  return { text: expandTemplate(parts, part => knownValue(part, values)), left };
}

/** Placeholders of a template, as written, that will have no value in the run either. */
export function unknownPlaceholders(
  template: string,
  values: KnownValues,
  options: { readonly isShell?: boolean; readonly alsoKnown?: readonly string[] } = {},
): readonly string[] {
  const known = options.alsoKnown ?? [];
  const isUnknown = (part: Placeholder) =>
    part.kind === 'name' &&
    !isRun(part) &&
    !known.includes(part.name) &&
    knownValue(part, values) === undefined;
  const parts = parseTemplate(template, { isShell: options.isShell ?? false });
  return placeholdersOf(parts)
    .filter(isUnknown)
    .map(part => part.source);
}

/** The variables (`--var`) that would give placeholders, as written, a value; answers are none. */
export function variablesBehind(sources: readonly string[]): readonly string[] {
  return sources.filter(source => !source.startsWith('{answers.')).map(source => source.slice(1, -1));
}

/** A template that expands to exactly this text. */
export function literalTemplate(text: string): string {
  return text.replaceAll('{', '{{');
}

function isRun(part: Placeholder): boolean {
  return part.kind === 'name' && part.name === 'run';
}

function knownValue(part: Placeholder, values: KnownValues): string | undefined {
  return part.kind === 'name' && Object.hasOwn(values, part.name) ? values[part.name] : undefined;
}
