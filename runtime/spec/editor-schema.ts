/**
 * The JSON Schema for editors whose own JSON support completes and describes beside our language server (VS Code). It
 * judges nothing: every text that is JSON fits, as all diagnostics are the server's. And it offers no value that the
 * server offers: nothing may show twice.
 *
 * Its reader is vscode-json-languageservice, which inserts a key with a value only if it knows a kind of value for it. As
 * `type` would judge, the kind is said by other words here: `properties`, `items`, `examples`, `defaultSnippets`.
 */
import type { JsonSchema } from './json-schema.ts';

/** Keys whose texts the language server completes: names, permissions, matches, files. */
const servedKeys: ReadonlySet<string> = new Set([
  'model',
  'fallback',
  'needs',
  'next',
  'match',
  'moderator',
  'machine',
  'mcp',
  'permission',
  'prompt_file',
  'connector',
  'flow',
  'output',
]);

/** Derives it from the schema that judges. */
export function buildEditorSchema(full: JsonSchema): JsonSchema {
  const definitions = full.definitions ?? {};
  const entries = Object.entries(definitions).map(([name, definition]) => {
    const { markdownDescription: _, ...rest } = softened(definition, { definitions, owner: name });
    return [name, rest] as const;
  });
  return {
    ...(full.$schema === undefined ? {} : { $schema: full.$schema }),
    allOf: [{ $ref: '#/definitions/Connector' }],
    definitions: Object.fromEntries(entries),
  };
}

interface Surroundings {
  readonly definitions: Readonly<Record<string, JsonSchema>>;
  /** Name of the definition around. */
  readonly owner: string;
  /** The key whose value this is, at any depth of unions and lists. */
  readonly key?: string;
}

/** A part of the schema without its judgement. */
function softened(schema: JsonSchema, around: Surroundings): JsonSchema {
  const target = referenceOf(schema);
  const { markdownDescription } = schema;
  return {
    ...(markdownDescription === undefined ? {} : { markdownDescription }),
    ...(target === undefined ? structureOf(schema, around) : { allOf: [referenceTo(target)] }),
    ...offersOf(schema, around),
  };
}

/** What can stand inside. */
function structureOf(schema: JsonSchema, around: Surroundings): JsonSchema {
  const { properties, additionalProperties, items, anyOf, type } = schema;
  const { definitions, owner } = around;
  if (anyOf) return { anyOf: anyOf.map(option => withoutText(softened(option, around))) };
  if (type === 'array') return { items: items ? described(items, around) : {} };
  if (type !== 'object') return {};
  const known = Object.entries(properties ?? {}).map(
    ([key, value]) => [key, softened(value, { definitions, owner, key })] as const,
  );
  return {
    properties: Object.fromEntries(known),
    ...(additionalProperties
      ? { additionalProperties: described(additionalProperties, { definitions, owner }) }
      : {}),
  };
}

/** An item of a list or map: it has no text of its own, so that of its definition stands for it. */
function described(schema: JsonSchema, around: Surroundings): JsonSchema {
  const target = referenceOf(schema);
  const text = target === undefined ? undefined : around.definitions[target]?.markdownDescription;
  return { ...(text === undefined ? {} : { markdownDescription: text }), ...softened(schema, around) };
}

/** What the value can be: examples, snippets, and a word about its kind where nothing else tells it. */
function offersOf(schema: JsonSchema, around: Surroundings): JsonSchema {
  const isServed = isServedBySlot(around);
  const { defaultSnippets } = schema;
  const examples = (schema.examples ?? [])
    .filter(example => !isServed || isObject(example))
    // Snippets have names; objects and lists would stand beside them as they are written.
    .filter(example => !defaultSnippets || typeof example !== 'object');
  if (schema.enum && !isServed) return choiceOf(schema, schema.enum);
  const offers: JsonSchema = {
    ...(examples.length > 0 ? { examples } : {}),
    ...(defaultSnippets ? { defaultSnippets } : {}),
  };
  return Object.keys(offers).length > 0 ? offers : kindOf(schema, around);
}

/** One of several texts, each with its meaning; any other value fits too. */
function choiceOf({ markdownEnumDescriptions }: JsonSchema, values: unknown[]): JsonSchema {
  const meanings = markdownEnumDescriptions ? { markdownEnumDescriptions } : {};
  return { examples: values, anyOf: [{ enum: values, ...meanings }, {}] };
}

/** The kind of value by an empty one. */
function kindOf(schema: JsonSchema, around: Surroundings): JsonSchema {
  const { type, minimum, exclusiveMinimum, const: only, anyOf } = schema;
  const target = referenceOf(schema);
  if (target !== undefined) {
    const { properties, ...other } = around.definitions[target] ?? {};
    return properties ? { properties: {} } : kindOf(other, { ...around, owner: target });
  }
  if (only !== undefined) return { examples: [only] };
  if (anyOf) return kindOfUnion(anyOf[0] ?? {}, around);
  if (type === 'boolean') return { examples: [true, false] };
  if (type === 'string') return { defaultSnippets: [isServedBySlot(around) ? leftOpen : emptyText] };
  if (type !== 'integer' && type !== 'number') return {};
  const least = minimum ?? (exclusiveMinimum === undefined ? 0 : exclusiveMinimum + 1);
  // A body that begins with ^ is inserted as it stands, without quotes.
  return { defaultSnippets: [{ label: String(least), body: `^\${1:${least}}` }] };
}

/** Two quotes, and the cursor between them. */
const emptyText = { label: '""', body: '$1' };

/**
 * No value, and none to choose either: behind the key the editor asks for suggestions, and gets the server's. Anything
 * offered here would stand above them.
 */
const leftOpen = {};

/** That of its first option, which is the usual one. */
function kindOfUnion(first: JsonSchema, around: Surroundings): JsonSchema {
  if (first.type === 'array') return { items: {} };
  return first.type === 'object' ? { properties: {} } : kindOf(first, around);
}

/** Routes hold models wherever a text stands. At the top level `connector` is the version. */
function isServedBySlot({ owner, key }: Surroundings): boolean {
  if (owner === 'Connector' && key === 'connector') return false;
  if (owner === 'Route') return true;
  return key !== undefined && servedKeys.has(key) && !isProgram(owner, key);
}

/** Keys with the name of a served one that mean something else. */
function isProgram(owner: string, key: string): boolean {
  return owner === 'Step' && key === 'output';
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function referenceOf({ $ref, allOf }: JsonSchema): string | undefined {
  return ($ref ?? allOf?.[0]?.$ref)?.replace('#/definitions/', '');
}

function referenceTo(name: string): JsonSchema {
  return { $ref: `#/definitions/${name}` };
}

/** All branches of a union fit everything here, so that the text of the first would stand for all. */
function withoutText({ markdownDescription: _, ...rest }: JsonSchema): JsonSchema {
  return rest;
}
