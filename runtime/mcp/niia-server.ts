/**
 * niia as an MCP server: the verbs of the command line as tools, for any program that speaks MCP. A tool does what its verb
 * does, says what it prints, and fails as it fails.
 */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult, ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';

/** What a verb printed, and how it ended. */
export interface VerbOutput {
  /** Exit code of design §6. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The verbs that the tools call. */
export type ToolVerb = 'validate' | 'plan' | 'ps' | 'show' | 'run' | 'stop' | 'answer';

/** Calls a verb with arguments, in a folder; absent = the server's own. */
export type CallVerb = (
  verb: ToolVerb,
  argv: readonly string[],
  folder: string | undefined,
) => Promise<VerbOutput>;

/** The server, ready to be connected. */
export function createNiiaServer(callVerb: CallVerb, version: string): McpServer {
  const server = new McpServer({ name: 'niia', version }, { instructions: INSTRUCTIONS });
  for (const tool of tools) {
    const { name, title, description, annotations, input, verb, argvOf } = tool;
    const inputSchema = { ...input, folder };
    server.registerTool(name, { title, description, annotations, inputSchema }, async values => {
      // The SDK has read the values with the schema above.
      const read = values as ToolValues;
      return resultOf(await callVerb(verb, argvOf(read), read.folder));
    });
  }
  return server;
}

const INSTRUCTIONS =
  'niia runs connector files: AIs that work together, each in its own terminal and git worktree. Validate a file, show the ' +
  'plan to the user, run it, then look at the run with show_run until it has ended. A run changes no branch of the user.';

/** Everything a tool can be called with. */
interface ToolValues {
  readonly file?: string;
  readonly folder?: string;
  readonly task?: string;
  readonly vars?: Readonly<Record<string, string>>;
  readonly models?: Readonly<Record<string, string>>;
  readonly phase?: string;
  readonly from?: string;
  readonly all?: boolean;
  readonly run?: string;
  readonly worker?: string;
  readonly text?: string;
}

interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly input: z.ZodRawShape;
  readonly verb: ToolVerb;
  readonly argvOf: (values: ToolValues) => readonly string[];
}

const folder = z
  .string()
  .optional()
  .describe('Absolute folder to work in; default: where the server was started');
const file = z.string().describe('Path of the connector file, absolute or from the folder');
const run = z.string().describe('Id of a run, the beginning of one, or "last"');
const worker = z.string().describe('Worker as phase/worker');
const planInput = {
  file,
  task: z.string().optional().describe("The goal, instead of the file's task"),
  vars: z.record(z.string(), z.string()).optional().describe('Values for {name} in prompts'),
  models: z.record(z.string(), z.string()).optional().describe('Other models by alias'),
  phase: z.string().optional().describe('Only this phase, on top of an earlier run'),
  from: z.string().optional().describe('This phase and all after it, on top of an earlier run'),
};
const readOnly: ToolAnnotations = { readOnlyHint: true, openWorldHint: false };

const tools: readonly Tool[] = [
  {
    name: 'validate',
    title: 'Check a connector file',
    description: 'Checks a connector file and returns its problems as JSON, with places and fixes.',
    annotations: readOnly,
    input: { file },
    verb: 'validate',
    argvOf: values => ['--json', ...positional(values.file)],
  },
  {
    name: 'plan',
    title: 'Explain what a run would do',
    description:
      'Shows what running a connector file would do here: phases, workers, models and their command lines, worktrees, permissions, limits, and what is missing. Starts nothing.',
    annotations: readOnly,
    input: planInput,
    verb: 'plan',
    argvOf: values => [...planOptions(values), ...positional(values.file)],
  },
  {
    name: 'list_runs',
    title: 'List runs',
    description: 'Lists runs as JSON, newest first: id, name, state, file, times, cost.',
    annotations: readOnly,
    input: { all: z.boolean().optional().describe('Also those that have ended') },
    verb: 'ps',
    argvOf: values => ['--json', ...(values.all === true ? ['--all'] : [])],
  },
  {
    name: 'show_run',
    title: 'Show a run',
    description:
      'Shows a run: every phase and worker with state, place, answer and failure, and what waits for a person.',
    annotations: readOnly,
    input: { run },
    verb: 'show',
    argvOf: values => positional(values.run),
  },
  {
    name: 'run',
    title: 'Run a connector file',
    description:
      'Starts a run of a connector file and returns its id at once; show_run follows it. It starts AI programs with the permissions of the plan: show the plan to the user first.',
    annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: true },
    input: planInput,
    verb: 'run',
    argvOf: values => ['--detach', ...planOptions(values), ...positional(values.file)],
  },
  {
    name: 'stop',
    title: 'Stop a run or a worker',
    description: 'Stops a run, or one of its workers. All work is kept.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    input: { run, worker: worker.optional() },
    verb: 'stop',
    argvOf: values => positional(values.run, values.worker),
  },
  {
    name: 'answer',
    title: 'Answer a question of a worker',
    description:
      'Answers a question of a worker, or grants ("yes") or refuses a permission it asks for. Ask the user first.',
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
    input: { run, worker, text: z.string().min(1).describe('The answer') },
    verb: 'answer',
    argvOf: values => positional(values.run, values.worker, values.text),
  },
];

/** Behind `--`: a file, run or answer may begin with a dash. */
function positional(...values: readonly (string | undefined)[]): readonly string[] {
  return ['--', ...values.filter(value => value !== undefined)];
}

/** In one word each: a value may begin with a dash. */
function planOptions({ task, vars = {}, models = {}, phase, from }: ToolValues): readonly string[] {
  const pairs = (option: string, map: Readonly<Record<string, string>>) =>
    Object.entries(map).map(([name, value]) => `--${option}=${name}=${value}`);
  return [
    ...(task === undefined ? [] : [`--task=${task}`]),
    ...pairs('var', vars),
    ...pairs('model', models),
    ...(phase === undefined ? [] : [`--phase=${phase}`]),
    ...(from === undefined ? [] : [`--from=${from}`]),
  ];
}

/** Data first, then what the verb says for people. A verb that fails makes the call an error, which the model reads. */
function resultOf({ code, stdout, stderr }: VerbOutput): CallToolResult {
  const parts = [stdout.trimEnd(), stderr.trimEnd()].filter(part => part !== '');
  const texts = parts.length === 0 ? ['done'] : parts;
  return { content: texts.map(text => ({ type: 'text', text })), isError: code !== 0 };
}
