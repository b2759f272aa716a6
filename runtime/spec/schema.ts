/**
 * The shape of a connector file (spec §1–§9) as one zod schema. Types, JSON Schema, field reference and the table that
 * the analysis walks are generated from it (`generate.ts`); nothing loads zod to read a connector file.
 */
import * as z from 'zod';
import { choice, definition, field } from './describe.ts';
import { modelsSchema } from './schema-models.ts';
import { pipelineSchema } from './schema-pipeline.ts';
import { sessionSchema } from './schema-session.ts';
import {
  agentSchema,
  capabilitiesSchema,
  limitsSchema,
  machineSchema,
  toolsSchema,
  trustSchema,
} from './schema-tools.ts';
import { conversationFields } from './schema-workers.ts';

/** A whole connector file. Unknown keys are allowed: newer files must still run (spec §1). */
export const connectorSchema = definition(
  z.object({
    $schema: field(z.string(), { text: 'Address of the JSON Schema, for editors.', extension: true }),
    connector: field(choice({ '2.0': 'The published draft.', '2.1': 'With `intent` and steps.' }), {
      text: 'Version of the spec.',
      default: '`"2.0"`, with a warning',
    }),
    name: field(z.string().min(1), {
      text: 'Name of the workflow, used for runs and branches.',
      default: 'the file’s base name',
      examples: ['dual-review'],
    }),
    description: field(z.string(), { text: 'What the workflow is for.', extension: true }),
    type: field(
      choice({
        pipeline: 'Phases that run in order.',
        dialogue: 'One phase: two or more voices that take turns.',
        meeting: 'One phase: voices that go through an agenda together.',
        mesh: 'One phase: agents that write to each other.',
      }),
      { text: 'How the members of the workflow work together.', default: '`"pipeline"`' },
    ),
    task: field(z.string(), {
      text: 'The goal: prompt of every phase that has none, and `{task}` in prompts. `niia run --task` overrides it.',
      examples: ['Add rate limiting to the public API.'],
    }),
    session: field(sessionSchema, { text: 'Session settings of every worker.' }),
    models: field(modelsSchema, {
      text: 'Aliases and the models behind them. `primary` is the default model, `fallback` takes over when a model is unavailable.',
      examples: [{ primary: 'claude', fallback: 'gemini' }],
      snippets: [{ label: 'primary and fallback', body: { primary: '${1:claude}', fallback: '${2:codex}' } }],
    }),
    pipeline: field(pipelineSchema, {
      text: 'Phases that run in order. Without it (and without another topology) the file is one interactive session.',
    }),
    ...conversationFields,
    tools: field(toolsSchema, { text: 'Tools for the workers.' }),
    trust: field(trustSchema, { text: 'What a sandboxed worker may reach.' }),
    agent: field(agentSchema, { text: 'What every agent is given.' }),
    limits: field(limitsSchema, { text: 'Where the run ends.' }),
    capabilities: field(capabilitiesSchema, { text: 'What agents may do with other agents.' }),
    machines: field(z.record(z.string(), machineSchema).meta({ title: 'a map of machines' }), {
      text: 'Machines that workers can run on: name → machine.',
      extension: true,
      examples: [{ gpu: { ssh: 'gpu-box' } }],
    }),
  }),
  'Connector',
  'a connector file (an object)',
  'connector.json: how AIs work with each other (spec §1, §2).',
  [
    {
      label: 'pipeline',
      body: {
        connector: '2.0',
        name: '${1:name}',
        models: { primary: '${2:claude}' },
        pipeline: { phases: [{ name: '${3:work}', prompt: '${4}' }] },
      },
    },
    {
      label: 'dialogue',
      body: {
        connector: '2.0',
        name: '${1:name}',
        type: 'dialogue',
        task: '${2:What should be decided?}',
        participants: [
          { id: '${3:author}', model: '${4:claude}', role: '${5:You propose.}' },
          { id: '${6:critic}', model: '${7:codex}', role: '${8:You look for what breaks.}' },
        ],
        rounds: 3,
      },
    },
    {
      label: 'meeting',
      body: {
        connector: '2.0',
        name: '${1:name}',
        type: 'meeting',
        agenda: ['${2:What should be decided?}'],
        participants: [
          { id: '${3:lead}', model: '${4:claude}', role: '${5:You decide.}' },
          { id: '${6:expert}', model: '${7:codex}', role: '${8:You know the details.}' },
        ],
        moderator: '${3:lead}',
      },
    },
    {
      label: 'mesh',
      body: {
        connector: '2.0',
        name: '${1:name}',
        type: 'mesh',
        task: '${2:What should be built?}',
        agents: [
          { id: '${3:backend}', model: '${4:claude}', prompt: '${5:You own the server.}' },
          { id: '${6:frontend}', model: '${7:codex}', prompt: '${8:You own the pages.}' },
        ],
      },
    },
  ],
);

/** A connector file as written, after parsing and without wrong types. */
export type ConnectorFile = z.input<typeof connectorSchema>;
