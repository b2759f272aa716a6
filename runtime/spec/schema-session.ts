/** Schema of `session` (spec §3): how the process of a worker is set up. */
import * as z from 'zod';
import { choice, definition, field } from './describe.ts';

/** Time limits: whole milliseconds, more than 0. */
export const positiveMs = z.int().positive();

/** What a rate limit does to a worker (spec §4 Parking). */
export const rateLimitSchema = choice({
  failover: 'The next model of the chain takes over; with none left the worker waits for the earliest reset.',
  wait: 'The worker waits for this model, keeping its conversation, worktree and place.',
  fail: 'The worker fails with `unavailable(rate_limited)`.',
});

/** Variables of a process: name → value. */
export const envSchema = z.record(z.string(), z.string());

/** argv: a program and its arguments, never a shell line. */
export const argvSchema = z.array(z.string()).min(1).meta({ title: 'a command as a list of strings' });

const sandboxObject = definition(
  z.object({
    network: field(z.union([z.array(z.string()), z.literal(false)]), {
      text: 'Hosts the worker may reach besides its model’s, or `false` for none.',
      extension: true,
      examples: [['registry.npmjs.org', '*.example.com'], false],
    }),
    write: field(z.array(z.string()), { text: 'Further paths the worker may write to.', extension: true }),
    read_deny: field(z.array(z.string()), {
      text: 'Further paths the worker must not read.',
      extension: true,
      examples: [['~/.config/secrets']],
    }),
  }),
  'Sandbox',
  'a sandbox object',
  'What a sandboxed worker may reach beyond the default (spec §3).',
);

/** Session settings (spec §3): at top level, on a phase, on a worker; the nearest wins key by key. */
export const sessionSchema = definition(
  z.object({
    description: field(z.string(), { text: 'What these settings are for.', extension: true }),
    worktree: field(z.union([z.string().min(1), z.literal(false)]), {
      text: 'Slug of the git worktree the worker runs in; placeholders allowed. `false`: the workspace folder itself, without commits and merges.',
      default: 'a worktree of its own for every worker, `<name>-<phase>-<worker>`',
      examples: ['feat-auth', 'review-{worker}', false],
    }),
    sandbox: field(z.union([z.boolean(), sandboxObject]), {
      text: 'OS isolation: writes only to worktree, scratchpad and temp directory, network only to the model’s hosts and `trust.domains`. Where the platform cannot do it the worker does not start.',
      default: '`false`',
      examples: [true, { network: ['registry.npmjs.org'] }],
    }),
    scratchpad: field(z.boolean(), {
      text: 'One directory per run that every worker shares, at `$NIIA_SCRATCHPAD` and `.niia/scratchpad`. `true` anywhere turns it on for the run.',
      default: '`false`',
    }),
    env: field(envSchema, {
      text: 'Environment variables for the process. `${env:NAME}` reads the user’s environment, so that no secret stands in the file. Values are redacted in logs.',
      examples: [{ API_TOKEN: '${env:API_TOKEN}' }],
      snippets: [{ label: 'variable from the environment', body: { '${1:NAME}': '\\${env:${1:NAME}}' } }],
    }),
    permission: field(
      choice({
        'read-only': 'May read, must not change anything.',
        ask: 'Asks before it changes anything; where nobody can answer, that means refuse.',
        edit: 'May edit files without asking.',
        full: 'May do everything without asking.',
      }),
      {
        text: 'What the AI may do without asking.',
        default: '`"edit"` in a worktree of its own, `"ask"` with `worktree: false`',
      },
    ),
    timeout_ms: field(positiveMs, {
      text: 'Life of one worker in milliseconds, from its start; the clock stands still while it waits for a person or a rate limit.',
      examples: [3_600_000],
    }),
    start_timeout_ms: field(positiveMs, {
      text: 'Milliseconds until the first sign of life; after that the next model of the chain takes over.',
      extension: true,
      examples: [60_000],
    }),
    stall_timeout_ms: field(positiveMs, {
      text: 'Milliseconds without a sign of life while working until the worker is interrupted and counts as stalled.',
      default: '`600000`',
      extension: true,
      examples: [600_000],
    }),
    on_rate_limit: field(rateLimitSchema, {
      text: 'What a rate limit does.',
      default: '`"failover"`, then wait',
      extension: true,
    }),
    transport: field(
      choice({
        terminal: 'The CLI’s live terminal: watch it, take over.',
        headless: 'The CLI’s print or JSON mode, shown as a readable transcript.',
      }),
      {
        text: 'How the CLI is driven.',
        default: '`"terminal"` where a person is looking, else `"headless"`',
        extension: true,
      },
    ),
    setup: field(argvSchema, {
      text: 'Command run once in a new worktree before its first worker.',
      extension: true,
      examples: [['npm', 'ci']],
    }),
    resume: field(z.string().min(1), {
      text: 'Slug of an existing worktree session to go on with: same worktree, same branch, and the CLI’s own conversation where it can resume.',
      examples: ['feat-auth'],
    }),
  }),
  'Session',
  'session settings (an object)',
  'How the process of a worker is set up (spec §3). May stand at top level, on a phase and on a worker; the nearest wins key by key.',
  [
    { label: 'isolated', body: { worktree: '${1:feature}', scratchpad: true } },
    { label: 'sandboxed', body: { sandbox: true, permission: 'edit' } },
  ],
);
