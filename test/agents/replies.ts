/** Replies of the fake model that each CLI wants in its own way. */
import type { CliName } from './real-clis.ts';

/** A command that the CLI has to ask a person for. Codex asks only when its model wants to leave the sandbox. */
export function commandToAllow(cli: CliName, command: string): object {
  if (cli !== 'codex') return { bash: command };
  const call = { cmd: command, sandbox_permissions: 'require_escalated', justification: 'May I?' };
  const input = `const r = await tools.exec_command(${JSON.stringify(call)}); text(JSON.stringify(r))`;
  return { tool: { name: 'exec', input } };
}

/** A command that runs on beside the turn, and tells its end. */
export function commandInBackground(cli: CliName, command: string): object {
  const name = cli === 'copilot' ? 'bash' : 'Bash';
  const how = cli === 'copilot' ? { mode: 'async' } : { run_in_background: true };
  return { tool: { name, args: { command, description: 'in the background', ...how } } };
}

/** Tools by which models ask a person; codex has none outside of its plan mode. */
const questionTools: Readonly<Partial<Record<CliName, string>>> = {
  claude: 'AskUserQuestion',
  gemini: 'ask_user',
  qwen: 'ask_user_question',
  opencode: 'question',
};

/** What a model asks. */
export interface ModelQuestion {
  readonly text: string;
  readonly choices: readonly string[];
  readonly isMultiple?: boolean;
}

/** A question with one choice to take; undefined where the CLI's model cannot ask. */
export function question(cli: CliName, text: string, choices: readonly string[]): object | undefined {
  return questions(cli, [{ text, choices }]);
}

/** Questions with choices to take; undefined where the CLI's model cannot ask. */
export function questions(cli: CliName, asked: readonly ModelQuestion[]): object | undefined {
  if (cli === 'copilot') return copilotForm(asked);
  const name = questionTools[cli];
  if (name === undefined) return undefined;
  const list = asked.map(({ text, choices, isMultiple = false }) => ({
    question: text,
    header: 'Choice',
    type: 'choice',
    // opencode's word, and that of the others.
    ...(cli === 'opencode' ? { multiple: isMultiple } : { multiSelect: isMultiple }),
    options: choices.map(label => ({ label, description: `Take ${label}.` })),
  }));
  return { tool: { name, args: { questions: list } } };
}

/** Copilot's tool takes a form. */
function copilotForm(asked: readonly ModelQuestion[]): object {
  const properties = Object.fromEntries(
    asked.map(({ text, choices, isMultiple = false }, index) => {
      const choice = { type: 'string', enum: choices };
      return [
        `field${index + 1}`,
        isMultiple ? { type: 'array', title: text, items: choice } : { title: text, ...choice },
      ];
    }),
  );
  const args = {
    message: asked.length === 1 ? asked[0]?.text : 'Tell me.',
    requestedSchema: { type: 'object', properties, required: Object.keys(properties) },
  };
  return { tool: { name: 'ask_user', args } };
}
