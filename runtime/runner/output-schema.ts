/** Whether an answer is the JSON that a phase's `output` asks for (spec §5 `output`). */
import type { ErrorObject, ValidateFunction } from 'ajv';
import { err, ok, type Result } from '../result.ts';

/** Why an answer was not accepted. */
export type OutputFailure =
  /** For the worker, which gets one more try: what is wrong where. */
  | { readonly kind: 'misfit'; readonly errors: string }
  /** The schema itself is unusable: the author's mistake, no second try. */
  | { readonly kind: 'bad_schema'; readonly message: string };

/** Finds the JSON in an answer and checks it. The value is what later phases and views may use. */
export async function checkOutput(schema: unknown, answer: string): Promise<Result<unknown, OutputFailure>> {
  const validate = await compile(schema);
  if (!validate.ok) return validate;
  const found = extractJson(answer);
  if (found === undefined) return err({ kind: 'misfit', errors: '- the answer holds no JSON' });
  if (validate.value(found.value)) return ok(found.value);
  return err({ kind: 'misfit', errors: describeErrors(validate.value.errors ?? []) });
}

/**
 * The JSON of an answer: all of it, or its last fenced block that is JSON, or what stands between the first and the last
 * bracket. Models add words around JSON however often they are told not to.
 */
export function extractJson(answer: string): { readonly value: unknown } | undefined {
  for (const candidate of candidates(answer)) {
    try {
      return { value: JSON.parse(candidate) };
    } catch {
      // The next candidate may be JSON.
    }
  }
  return undefined;
}

function* candidates(answer: string): Generator<string> {
  yield answer.trim();
  const fences = [...answer.matchAll(/^[ \t]*```[^\n]*\n([\s\S]*?)^[ \t]*```/gm)];
  for (const fence of fences.reverse()) yield fence[1] ?? '';
  const start = answer.search(/[{[]/);
  const end = Math.max(answer.lastIndexOf('}'), answer.lastIndexOf(']'));
  if (start !== -1 && end > start) yield answer.slice(start, end + 1);
}

async function compile(schema: unknown): Promise<Result<ValidateFunction, OutputFailure>> {
  if (typeof schema !== 'boolean' && (typeof schema !== 'object' || schema === null)) {
    return err({ kind: 'bad_schema', message: 'a JSON Schema is an object or a boolean' });
  }
  try {
    const ajv = await loadValidator(schema);
    return ok(ajv.compile(schema));
  } catch (error) {
    return err({ kind: 'bad_schema', message: error instanceof Error ? error.message : String(error) });
  }
}

/**
 * Loaded only when a phase has `output`: it is big, and most files have none. By its default export, the only one that a
 * CommonJS package keeps when the bundler makes a file of its own of it.
 */
async function loadValidator(schema: boolean | object) {
  const options = { allErrors: true, strict: false, logger: false, validateFormats: false } as const;
  const dialect =
    typeof schema === 'object' && '$schema' in schema && typeof schema.$schema === 'string'
      ? schema.$schema
      : '';
  if (/2019-09|2020-12/.test(dialect)) {
    const { default: dialect2020 } = await import('ajv/dist/2020.js');
    return new dialect2020.Ajv2020(options);
  }
  const { default: draft7 } = await import('ajv');
  return new draft7.Ajv(options);
}

const MAX_ERRORS = 10;

function describeErrors(errors: readonly ErrorObject[]): string {
  const lines = errors
    .slice(0, MAX_ERRORS)
    .map(error => `- ${error.instancePath === '' ? 'the answer' : error.instancePath} ${detail(error)}`);
  if (errors.length > MAX_ERRORS) lines.push(`- and ${errors.length - MAX_ERRORS} more`);
  return lines.join('\n');
}

function detail({ message = 'is not allowed', keyword, params }: ErrorObject): string {
  const { allowedValues, additionalProperty } = params;
  if (keyword === 'enum' && Array.isArray(allowedValues)) {
    return `${message}: ${allowedValues.map(value => JSON.stringify(value)).join(', ')}`;
  }
  return typeof additionalProperty === 'string' ? `${message}: "${additionalProperty}"` : message;
}
