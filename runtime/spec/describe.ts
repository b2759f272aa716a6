/** Attaches the texts of the spec to the parts of the schema, so that editors, docs and diagnostics say the same. */
import * as z from 'zod';

/** What a field's documentation holds. */
export interface FieldText {
  /** One to three sentences, Markdown; the default stands in `default`, not here. */
  readonly text: string;
  /** The documented default, as prose or JSON. */
  readonly default?: string;
  /** True for our extension, false or absent for the published draft. */
  readonly extension?: boolean;
  readonly examples?: readonly unknown[];
  /** Offered by editors in place of an empty value. */
  readonly snippets?: readonly Snippet[];
}

/** An editor snippet: `body` is JSON with `$1`, `${2:text}` tab stops. */
export interface Snippet {
  readonly label: string;
  readonly description?: string;
  readonly body: unknown;
}

/** An optional key of an object, with its documentation. */
export function field<T extends z.ZodType>(schema: T, text: FieldText): z.ZodOptional<T> {
  return required(schema, text).optional();
}

/** A key that must be there, with its documentation. */
export function required<T extends z.ZodType>(schema: T, text: FieldText): T {
  const prose = [
    text.text,
    ...(text.default === undefined ? [] : [`Default: ${text.default}.`]),
    ...(text.extension ? ['(Extension to the published draft.)'] : []),
  ].join(' ');
  return schema.meta({
    ...schema.meta(),
    id: undefined,
    title: undefined,
    description: prose.replaceAll('`', ''),
    markdownDescription: prose,
    ...(text.extension ? { 'x-extension': true } : {}),
    ...(text.examples ? { examples: [...text.examples] } : {}),
    ...(text.snippets ? { defaultSnippets: [...text.snippets] } : {}),
  });
}

/** A named part of the schema: becomes a definition of the JSON Schema and a chapter of the field reference. */
export function definition<T extends z.ZodType>(
  schema: T,
  name: string,
  title: string,
  text: string,
  snippets: readonly Snippet[] = [],
): T {
  return schema.meta({
    id: name,
    title,
    description: text.replaceAll('`', ''),
    markdownDescription: text,
    ...(snippets.length > 0 ? { defaultSnippets: [...snippets] } : {}),
  });
}

/** A string out of a fixed list, each value with its meaning. */
export function choice<const T extends Readonly<Record<string, string>>>(
  values: T,
): z.ZodEnum<{ [K in keyof T & string]: K }> {
  // Object.keys forgets the literal types that T has.
  const names = Object.keys(values) as (keyof T & string)[];
  return z.enum(names).meta({ markdownEnumDescriptions: Object.values(values) });
}
