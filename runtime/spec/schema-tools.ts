/** Schema of `tools`, `trust`, `agent`, `limits`, `capabilities`, `machines` (spec §7–§9). */
import * as z from 'zod';
import { definition, field, required } from './describe.ts';
import { argvSchema, envSchema, positiveMs } from './schema-session.ts';

const mcpCommandSchema = definition(
  z.object({
    description: field(z.string(), { text: 'What the server is for.', extension: true }),
    command: required(z.string().min(1), { text: 'Program that speaks MCP over stdio.', examples: ['npx'] }),
    args: field(z.array(z.string()), { text: 'Its arguments.', examples: [['-y', '@acme/mcp-server']] }),
    env: field(envSchema, { text: 'Its environment variables.' }),
  }),
  'McpCommandServer',
  'an MCP server with `command`',
  'An MCP server started as a program (spec §7).',
);

const mcpUrlSchema = definition(
  z.object({
    description: field(z.string(), { text: 'What the server is for.', extension: true }),
    url: required(z.string().min(1), {
      text: 'Address of the MCP server.',
      examples: ['https://example.com/mcp'],
    }),
  }),
  'McpUrlServer',
  'an MCP server with `url`',
  'An MCP server reached by its address (spec §7).',
);

/** `tools` (spec §7). */
export const toolsSchema = definition(
  z.object({
    mcp: field(
      z.union([
        z.array(z.string()).meta({ title: 'a list of names' }),
        z
          .record(z.string(), z.union([mcpCommandSchema, mcpUrlSchema]).meta({ title: 'an MCP server' }))
          .meta({ title: 'a map of servers (an object)' }),
      ]),
      {
        text: 'MCP servers every worker gets: names looked up in `.mcp.json`, `.vscode/mcp.json` and the CLI’s own configuration, or a map name → server.',
        examples: [['github'], { docs: { url: 'https://example.com/mcp' } }],
        snippets: [
          { label: 'names', body: ['${1:github}'] },
          { label: 'server', body: { '${1:name}': { command: '${2:npx}', args: ['${3:-y}'] } } },
        ],
      },
    ),
  }),
  'Tools',
  'tools (an object)',
  'Tools for the workers (spec §7).',
);

/** `trust` (spec §7). */
export const trustSchema = definition(
  z.object({
    domains: field(z.array(z.string()), {
      text: 'Hosts (`example.com`, `*.example.com`) a sandboxed worker may reach besides its model’s. Without a sandbox it has no effect.',
      examples: [['registry.npmjs.org', '*.githubusercontent.com']],
    }),
  }),
  'Trust',
  'trust (an object)',
  'What a sandboxed worker may reach (spec §7).',
);

/** `agent` (spec §7). */
export const agentSchema = definition(
  z.object({
    flow: field(z.string().min(1), {
      text: 'Markdown file given to every agent at its start; the path starts at the connector file.',
      examples: ['AGENT_FLOW.md'],
    }),
  }),
  'Agent',
  'agent (an object)',
  'What every agent is given (spec §7).',
);

/** `limits` (spec §8). */
export const limitsSchema = definition(
  z.object({
    max_depth: field(z.int().min(0), {
      text: 'How deep runs may start runs; the root has depth 0.',
      default: '`3`',
    }),
    max_total_agents: field(z.int().min(1), { text: 'Agents on all levels together.', default: '`1000`' }),
    max_cost_usd: field(z.number().positive(), {
      text: 'Money the run may spend, as far as the CLIs report it.',
      examples: [5],
    }),
    timeout_per_agent_ms: field(positiveMs, {
      text: 'Life of every agent in milliseconds.',
      examples: [600_000],
    }),
    max_messages: field(z.int().min(1), {
      text: 'Messages the agents of a mesh may write.',
      default: '`500`',
      extension: true,
    }),
  }),
  'Limits',
  'limits (an object)',
  'Where the run ends (spec §8): no new work starts, running workers are asked to stop, all work is kept.',
);

/** `capabilities` (spec §8). */
export const capabilitiesSchema = definition(
  z.object({
    spawn: field(z.boolean(), { text: 'May start child runs.', default: '`true`' }),
    message: field(z.boolean(), { text: 'May write to other agents.', default: '`true`' }),
  }),
  'Capabilities',
  'capabilities (an object)',
  'What an agent may do with other agents (spec §8).',
);

const sshMachine = z.object({
  description: field(z.string(), { text: 'What the machine is for.', extension: true }),
  ssh: required(z.string().min(1), { text: 'Host as `ssh` knows it.', examples: ['build-server'] }),
});
const srunMachine = z.object({
  description: field(z.string(), { text: 'What the machine is for.', extension: true }),
  srun: required(z.array(z.string()), { text: 'Arguments of Slurm’s `srun`.', examples: [['-p', 'gpu']] }),
});
const commandMachine = z.object({
  description: field(z.string(), { text: 'What the machine is for.', extension: true }),
  command: required(argvSchema, {
    text: 'Launcher that gives a terminal there.',
    examples: [['docker', 'exec', '-it', 'box']],
  }),
});

/** A machine (spec §9). */
export const machineSchema = definition(
  z.union([
    definition(sshMachine, 'SshMachine', 'a machine with `ssh`', 'A machine reached by ssh.'),
    definition(srunMachine, 'SlurmMachine', 'a machine with `srun`', 'A machine given by Slurm.'),
    definition(
      commandMachine,
      'CommandMachine',
      'a machine with `command`',
      'A machine behind any launcher.',
    ),
  ]),
  'Machine',
  'a machine (an object)',
  'Where a worker can run (spec §9).',
  [
    { label: 'ssh', body: { ssh: '${1:host}' } },
    { label: 'slurm', body: { srun: ['${1:-p}', '${2:gpu}'] } },
    { label: 'container', body: { command: ['docker', 'exec', '-it', '${1:name}'] } },
  ],
);

/** `machine`: one name, or a pool of names of which the next free one takes the worker (spec §9). */
export const machineUseSchema = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
