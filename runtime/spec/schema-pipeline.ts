/** Schema of `pipeline`, its phases and steps (spec §5). */
import * as z from 'zod';
import { choice, definition, field, required } from './describe.ts';
import { modelSchema } from './schema-models.ts';
import { positiveMs, sessionSchema } from './schema-session.ts';
import { capabilitiesSchema, machineUseSchema } from './schema-tools.ts';
import { conversationFields, workerSchema } from './schema-workers.ts';

const stepRuleSchema = definition(
  z.object({
    description: field(z.string(), { text: 'What the rule is for.', extension: true }),
    match: required(z.string().min(1), {
      text: '`lines_over:N`, `lines_under:N`, `exit:N`, `contains:TEXT`, `regex:RE` or `json:PATH`.',
      examples: ['lines_over:3', 'exit:0', 'contains:FAIL', 'regex:\\d+ errors?', 'json:$.items[0]'],
    }),
    next: field(z.array(z.string()), {
      text: 'Names of steps to run, or suggestions for the user and the model.',
      examples: [['read the first result']],
    }),
  }),
  'StepRule',
  'a rule (an object)',
  'What to do when the output of a step looks like this (spec §5.3).',
  [{ label: 'rule', body: { match: '${1:exit:0}', next: ['${2}'] } }],
);

const stepSchema = definition(
  z.object({
    name: field(z.string().min(1), { text: 'Its name.', default: 'the map key, else its 1-based number' }),
    description: field(z.string(), { text: 'What the step is for.', extension: true }),
    binary: required(z.string().min(1), { text: 'Program to run.', examples: ['npm'] }),
    args: field(z.array(z.string()), {
      text: 'Its arguments, passed as they are; placeholders allowed.',
      examples: [['test']],
    }),
    intent: field(
      choice({
        read: 'Changes nothing: runs without asking.',
        write: 'Changes something: the user is asked first (`--yes` or `permission: "full"` allows it).',
      }),
      { text: 'Whether the step changes something.', default: '`"read"`' },
    ),
    cwd: field(z.string().min(1), { text: 'Directory in the worktree.', default: 'its root' }),
    timeout_ms: field(positiveMs, { text: 'Life of the step in milliseconds.', examples: [60_000] }),
    output: field(z.record(z.string(), stepRuleSchema), {
      text: 'Rules over the step’s output and exit code: name → rule.',
      examples: [{ failed: { match: 'exit:1', next: ['read the log'] } }],
    }),
  }),
  'Step',
  'a step (an object)',
  'A deterministic command, run in the worker’s worktree before its model or instead of one (spec §5.3).',
  [{ label: 'step', body: { binary: '${1:npm}', args: ['${2:test}'] } }],
);

/** One phase (spec §5). */
export const phaseSchema = definition(
  z.object({
    name: field(z.string().min(1), { text: 'Its name, unique in the file.', default: '`phase-<n>`' }),
    description: field(z.string(), { text: 'What the phase is for.', extension: true }),
    type: field(
      choice({
        workers: 'Workers that run side by side.',
        dialogue: 'Two or more voices that take turns.',
        meeting: 'Voices that go through an agenda together.',
        mesh: 'Agents that write to each other.',
      }),
      { text: 'How the members of the phase work together.', default: '`"workers"`' },
    ),
    model: field(modelSchema, {
      text: 'Model of every worker that has none of its own.',
      default: '`models.primary`, else the only alias',
    }),
    prompt: field(z.string(), {
      text: 'What every worker without a prompt of its own is told; placeholders allowed.',
      default: '`task`',
    }),
    prompt_file: field(z.string().min(1), {
      text: 'File that holds the prompt; the path starts at the connector file.',
      extension: true,
    }),
    workers: field(
      z.union([z.int().min(1).max(1000), z.array(workerSchema).min(1).meta({ title: 'a list of workers' })]),
      {
        text: 'How many identical workers (1 to 1000), or a list of workers.',
        default: '`1`',
        examples: [3, [{ name: 'security', prompt: 'Review for security.' }]],
        snippets: [
          {
            label: 'list of workers',
            body: [
              { name: '${1:one}', prompt: '${2}' },
              { name: '${3:two}', prompt: '${4}' },
            ],
          },
        ],
      },
    ),
    parallel: field(z.boolean(), { text: 'Workers run at the same time.', default: '`true`' }),
    max_parallel: field(z.int().min(1), {
      text: 'At most so many workers at once.',
      extension: true,
      examples: [4],
    }),
    session: field(sessionSchema, { text: 'Session settings of this phase.' }),
    scratchpad: field(z.boolean(), {
      text: 'Turns the shared scratchpad of the run on.',
      default: '`false`',
    }),
    machine: field(machineUseSchema, {
      text: 'Where its workers run: a name of `machines`, of the settings, or a `Host` of the ssh configuration; a list is a pool.',
    }),
    steps: field(
      z.union([
        z.array(stepSchema).meta({ title: 'a list of steps' }),
        z.record(z.string(), stepSchema).meta({ title: 'a map of steps (an object)' }),
      ]),
      {
        text: 'Commands run before the model, or instead of one if there is neither `model` nor `prompt`: a list, or a map name → step.',
        snippets: [
          { label: 'list of steps', body: [{ binary: '${1:npm}', args: ['${2:test}'] }] },
          { label: 'map of steps', body: { '${1:test}': { binary: '${2:npm}', args: ['${3:test}'] } } },
        ],
      },
    ),
    needs: field(z.array(z.string()), {
      text: 'Names of the earlier phases this one waits for.',
      default: 'all earlier phases',
      extension: true,
    }),
    retries: field(z.int().min(0), {
      text: 'How often a worker that failed is run again.',
      default: '`0`',
      extension: true,
      examples: [1],
    }),
    on_failure: field(choice({ stop: 'The run ends.', continue: 'Later phases run with what succeeded.' }), {
      text: 'What a failed phase does to the run.',
      default: '`"stop"`',
      extension: true,
    }),
    merge: field(
      choice({
        auto: 'Merge all workers’ branches into the run branch, in worker order.',
        none: 'Leave the branches as they are.',
        pick: 'Wait for a person to choose one worker’s branch.',
      }),
      { text: 'How the work of the phase moves on.', default: '`"auto"`', extension: true },
    ),
    output: field(
      z.union([
        z.record(z.string(), z.unknown()).meta({ title: 'a JSON Schema (an object)' }),
        z.string().min(1).meta({ title: 'the path of one' }),
      ]),
      {
        text: 'JSON Schema (or path of a file that holds one) that the answer must fit.',
        extension: true,
        examples: [{ type: 'object', required: ['verdict'] }, 'schemas/review.schema.json'],
      },
    ),
    gate: field(choice({ approve: 'A person has to approve.' }), {
      text: 'Pause for a person before the phase starts.',
      extension: true,
    }),
    connector: field(z.string().min(1), {
      text: 'Path of another connector file that every worker of the phase runs as a child run.',
      extension: true,
    }),
    capabilities: field(capabilitiesSchema, {
      text: 'What its workers may do with other agents.',
      extension: true,
    }),
    ...conversationFields,
  }),
  'Phase',
  'a phase (an object)',
  'One phase of the pipeline (spec §5). Phases run in order, workers of a phase in parallel.',
  [
    { label: 'phase', body: { name: '${1:name}', workers: '^${2:1}', prompt: '${3}' } },
    {
      label: 'phase with named workers',
      body: { name: '${1:name}', workers: [{ name: '${2:one}', prompt: '${3}' }] },
    },
    {
      label: 'phase of steps',
      body: { name: '${1:check}', steps: [{ binary: '${2:npm}', args: ['${3:test}'] }] },
    },
    {
      label: 'dialogue',
      body: {
        name: '${1:debate}',
        type: 'dialogue',
        rounds: 3,
        participants: [
          { id: '${2:author}', model: '${3:claude}', role: '${4}' },
          { id: '${5:critic}', model: '${6:codex}', role: '${7}' },
        ],
      },
    },
    {
      label: 'meeting',
      body: {
        name: '${1:planning}',
        type: 'meeting',
        agenda: ['${2:first item}'],
        moderator: '${3:lead}',
        participants: [
          { id: '${3:lead}', model: '${4:claude}', role: '${5}' },
          { id: '${6:expert}', model: '${7:codex}', role: '${8}' },
        ],
      },
    },
    {
      label: 'mesh',
      body: {
        name: '${1:build}',
        type: 'mesh',
        agents: [
          { id: '${2:backend}', model: '${3:claude}', prompt: '${4}' },
          { id: '${5:frontend}', model: '${6:codex}', prompt: '${7}' },
        ],
      },
    },
  ],
);

/** `pipeline` (spec §5). */
export const pipelineSchema = definition(
  z.object({
    description: field(z.string(), { text: 'What the pipeline is for.', extension: true }),
    phases: field(z.array(phaseSchema), {
      text: 'The phases, in order.',
      snippets: [{ label: 'list of phases', body: [{ name: '${1:work}', prompt: '${2}' }] }],
    }),
    scratchpad: field(z.boolean(), {
      text: 'Turns the shared scratchpad of the run on.',
      default: '`false`',
    }),
  }),
  'Pipeline',
  'a pipeline (an object)',
  'Phases that run in order (spec §5).',
  [{ label: 'pipeline', body: { phases: [{ name: '${1:phase}', prompt: '${2}' }] } }],
);
