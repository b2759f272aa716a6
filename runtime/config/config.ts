import { readFile } from 'node:fs/promises';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import * as z from 'zod';
import { declaredAgentSchema } from '../agents/declared.ts';
import { priceTableSchema } from '../cost/price-table.ts';
import { err, ok, type Result } from '../result.ts';

const argv = z.array(z.string()).min(1).readonly();

/** The user's `config.json` (design §5), JSON with comments. Everything in it is optional. */
export const configSchema = z
  .object({
    /** Folder under which worktrees are made; absolute. Default: beside the repository. */
    worktreeBase: z.string().min(1).optional(),
    /** Directories linked from the workspace into new worktrees, such as `node_modules`; relative. */
    linkedDirectories: z.array(z.string().min(1)).readonly().default([]),
    /** The user's own session plugins (docs/session-plugins.md): argv each. */
    sessionPlugins: z.array(argv).readonly().default([]),
    /** CLIs by argv (docs/adding-an-agent-adapter.md); their names can be used as models. */
    agents: z
      .record(
        z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'a name has letters, digits, ".", "_" and "-"'),
        declaredAgentSchema,
      )
      .readonly()
      .default({}),
    /** What models cost, in US dollars per million tokens, where no list or CLI says it or the user pays another price. */
    prices: priceTableSchema.default({}),
    /** Machines by name (spec §9), for files that name one they do not define. */
    machines: z.record(z.string(), z.unknown()).readonly().default({}),
    /** Node that daemon and PTY host run on; absolute path. */
    node: z.string().min(1).optional(),
  })
  .readonly();

/** The user's configuration, defaults filled in. */
export type Config = z.infer<typeof configSchema>;

/** Why a configuration file cannot be used; exit code 2. */
export interface ConfigFailure {
  readonly file: string;
  /** For people: what is wrong and where in the file. */
  readonly message: string;
}

/** A configuration that was read. */
export interface LoadedConfig {
  readonly config: Config;
  /** Keys that mean nothing to this version: they are kept out, and worth a word to the user. */
  readonly warnings: readonly string[];
}

/** Reads the configuration file. A file that is not there is the default configuration. */
export async function readConfig(file: string): Promise<Result<LoadedConfig, ConfigFailure>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    // The only other thing readFile throws is a NodeJS.ErrnoException.
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return ok({ config: configSchema.parse({}), warnings: [] });
    return err({ file, message: `cannot be read: ${message}` });
  }
  return parseConfig(text, file);
}

/** Reads a configuration from its text; `file` is for messages. */
export function parseConfig(text: string, file: string): Result<LoadedConfig, ConfigFailure> {
  const errors: ParseError[] = [];
  const value: unknown = text.trim() === '' ? {} : parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) {
    const message = `${positionOf(text, first.offset)}: not valid JSON: ${printParseErrorCode(first.error)}`;
    return err({ file, message });
  }
  const read = configSchema.safeParse(value);
  if (!read.success) {
    const issues = read.error.issues.flatMap(issue => told(issue));
    return err({ file, message: issues.map(({ at, what }) => `${at || 'the file'}: ${what}`).join('; ') });
  }
  return ok({ config: read.data, warnings: unknownKeys(value).map(key => `${file}: unknown key "${key}"`) });
}

interface Told {
  /** Place in the file: `agents.mine.terminal.events.done`. */
  readonly at: string;
  readonly what: string;
}

/** What is wrong and where. Of a value that may have several forms, what is wrong in the one it comes closest to. */
function told(issue: z.core.$ZodIssue, above: readonly PropertyKey[] = []): readonly Told[] {
  const path = [...above, ...issue.path];
  const forms = issue.code === 'invalid_union' ? issue.errors.filter(issues => !isOtherKind(issues)) : [];
  const [first, ...others] = forms;
  if (first === undefined) return [{ at: path.join('.'), what: issue.message }];
  const closest = others.reduce((best, issues) => (issues.length < best.length ? issues : best), first);
  return closest.flatMap(each => told(each, path));
}

/** The value is not even an object, a list, a text, as this form wants it. */
function isOtherKind(issues: readonly z.core.$ZodIssue[]): boolean {
  return issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0);
}

/** Shape of a plain object, as zod has found it to be. */
const objectSchema = z.record(z.string(), z.unknown());

function unknownKeys(value: unknown): readonly string[] {
  const known = Object.keys(configSchema.def.innerType.shape);
  const keys = Object.keys(objectSchema.safeParse(value).data ?? {});
  return keys.filter(key => !known.includes(key) && key !== '$schema');
}

function positionOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
