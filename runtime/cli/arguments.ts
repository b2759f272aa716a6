/** Reads the arguments of a verb against its specification. */
import { err, ok, type Result } from '../result.ts';
import { type CliFailure, misused } from './failure.ts';
import { nearest } from './suggestion.ts';
import type { VerbSpec } from './verb.ts';

/** The arguments of one call of a verb. Asking for an option that the verb does not have is a bug. */
export interface Arguments {
  readonly positionals: readonly string[];
  flag(name: string): boolean;
  value(name: string): string | undefined;
  list(name: string): readonly string[];
}

/** Parses argv (without `niia VERB`). Failures: unknown or incomplete options, too few or too many positionals. */
export async function parseArguments(
  spec: VerbSpec,
  argv: readonly string[],
): Promise<Result<Arguments, CliFailure>> {
  const parsed = argv.some(arg => arg.startsWith('-'))
    ? await parseOptions(spec, argv)
    : ok({ values: {}, positionals: argv });
  if (!parsed.ok) return parsed;
  const { values, positionals } = parsed.value;
  const problem = countProblem(spec, positionals);
  return problem ? err(problem) : ok(argumentsOf(values, positionals));
}

interface ParsedArguments {
  readonly values: ParsedValues;
  readonly positionals: readonly string[];
}

async function parseOptions(
  spec: VerbSpec,
  argv: readonly string[],
): Promise<Result<ParsedArguments, CliFailure>> {
  // Loaded only where there are options: node:util brings a good part of Node with it.
  const { parseArgs } = await import('node:util');
  try {
    return ok(parseArgs({ args: [...argv], options: parserOptions(spec), allowPositionals: true }));
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) return err(parseProblem(spec, error));
    throw error;
  }
}

/** Reads `name=value` pairs as of `--var` and `--model`. */
export function parsePairs(
  option: string,
  texts: readonly string[],
): Result<Record<string, string>, CliFailure> {
  const pairs: [string, string][] = [];
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 1) return err(misused(`--${option} takes name=value, got "${text}"`));
    pairs.push([text.slice(0, at), text.slice(at + 1)]);
  }
  return ok(Object.fromEntries(pairs));
}

type ParsedValues = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

function argumentsOf(values: ParsedValues, positionals: readonly string[]): Arguments {
  return {
    positionals,
    flag: name => values[name] === true,
    value: name => {
      const value = values[name];
      return typeof value === 'string' ? value : undefined;
    },
    list: name => {
      const value = values[name];
      return Array.isArray(value) ? value.map(String) : [];
    },
  };
}

function parserOptions(
  spec: VerbSpec,
): Record<string, { type: 'string' | 'boolean'; multiple?: boolean; short?: string }> {
  const options = Object.entries(spec.options).map(([name, option]) => [
    name,
    option.type === 'flag' ? { type: 'boolean' } : { type: 'string', multiple: option.type === 'list' },
  ]);
  return { ...Object.fromEntries(options), help: { type: 'boolean', short: 'h' } };
}

function countProblem(spec: VerbSpec, positionals: readonly string[]): CliFailure | undefined {
  const usage = `usage: niia ${spec.name} ${spec.usage}`.trimEnd();
  if (positionals.length < spec.positionals.min) return misused(`${spec.name} needs more arguments`, usage);
  const extra = positionals[spec.positionals.max];
  return extra === undefined
    ? undefined
    : misused(`${spec.name} does not take the argument "${extra}"`, usage);
}

function parseProblem(spec: VerbSpec, error: TypeError): CliFailure {
  const help = `see: niia ${spec.name} --help`;
  const unknown = /^Unknown option '(-[^']*)'/.exec(error.message)?.[1];
  if (unknown === undefined) return misused(firstSentence(error.message), help);
  const meant = nearest(
    unknown,
    Object.keys(spec.options).map(name => `--${name}`),
  );
  const advice = meant === undefined ? [help] : [`did you mean ${meant}?`, help];
  return misused(`${spec.name} has no option "${unknown}"`, ...advice);
}

function firstSentence(message: string): string {
  const sentence = message.split(/\.\s|\n/, 1)[0] ?? message;
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
