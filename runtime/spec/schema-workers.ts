/** Schema of workers, participants, agents (spec §5, §6) and of what they have in common. */
import * as z from 'zod';
import { choice, definition, field } from './describe.ts';
import { modelSchema } from './schema-models.ts';
import { sessionSchema } from './schema-session.ts';
import { capabilitiesSchema, machineUseSchema } from './schema-tools.ts';

const sharedFields = {
  description: field(z.string(), { text: 'What it is for.', extension: true }),
  model: field(modelSchema, {
    text: 'Alias of `models` or a literal model.',
    default: 'the phase’s, else `models.primary`, else the only alias',
  }),
  prompt: field(z.string(), {
    text: 'What it is told; placeholders allowed.',
    default: 'the phase’s, else `task`',
    examples: ['Review the diff for security problems.'],
  }),
  prompt_file: field(z.string().min(1), {
    text: 'File that holds the prompt; the path starts at the connector file.',
    extension: true,
    examples: ['prompts/review.md'],
  }),
  machine: field(machineUseSchema, {
    text: 'Where it runs: a name of `machines`, of the user’s settings, or a `Host` of the ssh configuration; a list is a pool.',
    examples: ['build-server'],
  }),
  session: field(sessionSchema, { text: 'Its own session settings.' }),
  capabilities: field(capabilitiesSchema, { text: 'What it may do with other agents.' }),
};

/** An entry of `workers` (spec §5). */
export const workerSchema = definition(
  z.object({
    name: field(z.string().min(1), { text: 'Its name, unique in the phase.', default: 'its 1-based number' }),
    ...sharedFields,
    connector: field(z.string().min(1), {
      text: 'Path of another connector file that this worker runs as a child run.',
      extension: true,
      examples: ['sub.connector.json'],
    }),
  }),
  'Worker',
  'a worker (an object)',
  'One worker of a phase (spec §5).',
  [{ label: 'worker', body: { name: '${1:name}', model: '${2:claude}', prompt: '${3}' } }],
);

/** An entry of `participants` (spec §6 dialogue, meeting). */
export const participantSchema = definition(
  z.object({
    id: field(z.string().min(1), {
      text: 'Its name in the conversation, unique.',
      default: 'its 1-based number',
      examples: ['architect'],
    }),
    role: field(z.string(), {
      text: 'Who it is and what it argues for; placeholders allowed.',
      examples: ['You defend the simplest solution.'],
    }),
    ...sharedFields,
  }),
  'Participant',
  'a participant (an object)',
  'One voice of a dialogue or meeting (spec §6).',
  [{ label: 'participant', body: { id: '${1:id}', model: '${2:claude}', role: '${3}' } }],
);

/** An entry of `agents` (spec §6 mesh). */
export const meshAgentSchema = definition(
  z.object({
    id: field(z.string().min(1), {
      text: 'Its name in the mesh, unique.',
      default: 'its 1-based number',
      examples: ['backend'],
    }),
    ...sharedFields,
  }),
  'MeshAgent',
  'an agent (an object)',
  'One agent of a mesh (spec §6).',
  [{ label: 'agent', body: { id: '${1:id}', model: '${2:claude}', prompt: '${3}' } }],
);

/** `communication` (spec §6). */
export const communicationSchema = definition(
  z.object({
    topology: field(
      choice({
        mesh: 'Everyone writes to everyone.',
        star: 'Everyone writes to the first agent, the leader, and it to everyone.',
        ring: 'Everyone writes to the next.',
      }),
      { text: 'Who may write to whom.', default: '`"mesh"`' },
    ),
    any_to_any: field(z.boolean(), { text: 'Every agent may write to every other.', default: '`true`' }),
    broadcast_channel: field(z.union([z.boolean(), z.string()]), {
      text: 'A channel that reaches all agents, optionally with a name.',
    }),
  }),
  'Communication',
  'communication (an object)',
  'How agents write to each other (spec §6).',
  [
    { label: 'star', description: 'One leads, the others write to it.', body: { topology: 'star' } },
    { label: 'ring', description: 'Everyone writes to the next.', body: { topology: 'ring' } },
  ],
);

/** Keys of a conversation: at top level and on a phase of type dialogue, meeting or mesh. */
export const conversationFields = {
  participants: field(z.array(participantSchema), {
    text: 'Voices of a dialogue (2 or more) or a meeting.',
    snippets: [
      {
        label: 'list of participants',
        body: [
          { id: '${1:author}', model: '${2:claude}', role: '${3}' },
          { id: '${4:critic}', model: '${5:codex}', role: '${6}' },
        ],
      },
    ],
  }),
  rounds: field(z.int().min(1), {
    text: 'How often each one speaks; in a meeting per agenda item.',
    default: '`3` for a dialogue, `2` for a meeting',
    examples: [3],
  }),
  until: field(choice({ agreement: 'End early when all agree in one round.' }), {
    text: 'When a dialogue ends before its last round.',
    extension: true,
  }),
  agenda: field(z.array(z.string()), { text: 'Items of a meeting, one after the other.' }),
  moderator: field(z.string().min(1), { text: 'Id of the participant that leads the meeting.' }),
  broadcast: field(z.boolean(), { text: 'Everyone in the meeting hears everyone.', default: '`true`' }),
  turns: field(
    choice({
      'round-robin': 'One after the other, in file order.',
      moderator: 'The moderator says who speaks next.',
      parallel: 'All at the same time.',
    }),
    { text: 'Who speaks when in a meeting.', default: '`"round-robin"`', extension: true },
  ),
  decide: field(choice({ moderator: 'The moderator decides.', vote: 'Everyone votes.' }), {
    text: 'How each agenda item of a meeting is decided.',
    extension: true,
  }),
  agents: field(z.array(meshAgentSchema), {
    text: 'Agents of a mesh.',
    snippets: [
      {
        label: 'list of agents',
        body: [
          { id: '${1:backend}', model: '${2:claude}', prompt: '${3}' },
          { id: '${4:frontend}', model: '${5:codex}', prompt: '${6}' },
        ],
      },
    ],
  }),
  communication: field(communicationSchema, {
    text: 'Who may write to whom; `topology: "star"` on a phase of workers gives them mailboxes.',
  }),
};
