/** Schema of `models` (spec §4): aliases and the routes behind them. */
import * as z from 'zod';
import { definition, field } from './describe.ts';
import { argvSchema, envSchema, rateLimitSchema } from './schema-session.ts';

/** A Route as the file writes it: a model string, a list to try in order, or an object. */
export type RouteSource = string | readonly RouteSource[] | RouteObjectSource;

/** The object form of a Route. */
export interface RouteObjectSource {
  readonly description?: string | undefined;
  readonly model?: string | undefined;
  readonly fallback?: RouteSource | undefined;
  readonly args?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly command?: readonly string[] | undefined;
  readonly on_rate_limit?: 'failover' | 'wait' | 'fail' | undefined;
}

/** Model names editors offer first. */
const modelExamples = ['claude', 'codex', 'gemini', 'opus', 'sonnet', 'haiku', 'ollama/llama3', 'shell'];

/** A model where one is asked for: an alias of `models`, or a literal model. */
export const modelSchema = z.string().min(1).meta({ title: 'a model (text)', examples: modelExamples });

const routeObjectSchema: z.ZodType<RouteObjectSource> = definition(
  z.object({
    description: field(z.string(), { text: 'What this route is for.', extension: true }),
    model: field(modelSchema, {
      text: 'Model string or alias. With `command`, the text put for `{model}`.',
      extension: true,
    }),
    fallback: field(
      z.lazy(() => routeSchema),
      {
        text: 'What takes over when the model is unavailable (not installed, not logged in, rate limited, provider down).',
        default: 'the alias `fallback`, if there is one',
        extension: true,
        examples: ['gemini', ['codex', 'gemini']],
      },
    ),
    args: field(z.array(z.string()), {
      text: 'Further arguments for the CLI, passed as they are; placeholders allowed.',
      extension: true,
      examples: [['--verbose']],
    }),
    env: field(envSchema, { text: 'Further environment variables for the CLI.', extension: true }),
    command: field(argvSchema, {
      text: 'Any CLI, described inline: argv with `{prompt}`, `{prompt_file}`, `{model}`. Never a shell line.',
      extension: true,
      examples: [['my-cli', '--model', '{model}', '--prompt-file', '{prompt_file}']],
      snippets: [{ label: 'any CLI', body: ['${1:my-cli}', '--prompt', '{prompt}'] }],
    }),
    on_rate_limit: field(rateLimitSchema, {
      text: 'What a rate limit of this model does.',
      default: '`"failover"`, then wait',
      extension: true,
    }),
  }),
  'RouteObject',
  'a route object',
  'A route with arguments, environment, own fallback, or a whole command line (spec §4). Needs `model` or `command`.',
  [
    { label: 'model with fallback', body: { model: '${1:claude}', fallback: '${2:codex}' } },
    { label: 'any CLI', body: { command: ['${1:my-cli}', '--prompt', '{prompt}'] } },
  ],
);

/** One route (spec §4). */
export const routeSchema: z.ZodType<RouteSource> = definition(
  z.union([modelSchema, z.array(z.lazy(() => routeSchema)).min(1), routeObjectSchema]),
  'Route',
  'a model, a list of models, or a route object',
  'A way to a model: a model string (`claude`, `opus`, `ollama/llama3`, `shell`, …), a list tried in order, or an object (spec §4).',
);

/** `models`: alias → route. */
export const modelsSchema = z.record(z.string(), routeSchema).meta({ title: 'a map of aliases' });
