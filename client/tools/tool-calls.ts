/** What the editor's language models can ask of connector files: tools over the command line. Knows no editor. */
import { resolve } from 'node:path';
import { t } from '@vscode/l10n';
import { err, ok, type Result } from '../../runtime/result.ts';
import type { Cli } from '../cli.ts';

/** Names of the tools; package.json describes them to the models. */
export const toolNames = ['niia_validate', 'niia_plan', 'niia_list_runs', 'niia_run'] as const;

/** One of the tools. */
export type ToolName = (typeof toolNames)[number];

/** What a tool is called with. Models write it: it is read with `readToolInput`. */
export interface ToolInput {
  /** Path of a connector file, absolute or from the workspace folder. */
  readonly file?: string;
  readonly task?: string;
  readonly phase?: string;
}

/** What the tools need of the window. */
export interface ToolPorts {
  readonly cli: Cli;
  /** How AI CLIs run where the file does not say (setting `niia.transport`). */
  transport(): string;
  /** Folder that paths start at and runs start in; undefined while no folder is open. */
  folder(): string | undefined;
}

/** Reads what a model wrote; unknown keys and wrong types are left out. */
export function readToolInput(value: unknown): ToolInput {
  if (typeof value !== 'object' || value === null) return {};
  const { file, task, phase } = value as Readonly<Record<string, unknown>>;
  return {
    ...(typeof file === 'string' && { file }),
    ...(typeof task === 'string' && { task }),
    ...(typeof phase === 'string' && { phase }),
  };
}

/** The tools of one window. */
export class ToolCalls {
  readonly #ports: ToolPorts;
  /** Plans that a person was shown, by what they were asked for. */
  readonly #shown = new Map<string, string>();

  constructor(ports: ToolPorts) {
    this.#ports = ports;
  }

  /** What the model reads; failures are texts too, because the model has to react to them. */
  async call(name: ToolName, input: ToolInput, signal: AbortSignal): Promise<string> {
    const result =
      name === 'niia_run' ? await this.#run(input, signal) : await this.#ask(name, input, signal);
    return result.ok ? result.value : result.failure;
  }

  /**
   * The plan of a run that is about to be confirmed, to show to the person. Only exactly this plan will be run. Failure:
   * why there is nothing to confirm.
   */
  async planToConfirm(input: ToolInput, signal: AbortSignal): Promise<Result<string, string>> {
    const plan = await this.#ask('niia_plan', input, signal);
    if (plan.ok) this.#shown.set(keyOf(input), plan.value);
    return plan;
  }

  async #run(input: ToolInput, signal: AbortSignal): Promise<Result<string, string>> {
    const shown = this.#shown.get(keyOf(input));
    if (shown === undefined) return err(t('Nobody has confirmed the plan of this run.'));
    this.#shown.delete(keyOf(input));
    const plan = await this.#ask('niia_plan', input, signal);
    if (!plan.ok) return plan;
    // The file, or what is installed here, has changed since.
    if (plan.value !== shown)
      return err(t('The plan is not the one that was confirmed any more. Ask again.'));
    return await this.#ask('niia_run', input, signal);
  }

  async #ask(name: ToolName, input: ToolInput, signal: AbortSignal): Promise<Result<string, string>> {
    const cwd = this.#ports.folder();
    if (cwd === undefined) return err(t('No folder is open.'));
    const argv = argvOf(name, input, cwd, this.#ports.transport());
    if (!argv.ok) return argv;
    const called = await this.#ports.cli.run(argv.value, { cwd, signal });
    if (!called.ok) return called;
    const { code, stdout, stderr } = called.value;
    const text = [stdout.trimEnd(), stderr.trimEnd()].filter(part => part !== '').join('\n\n');
    // A file with errors is an answer of `validate`, not a failure.
    return code === 0 || name === 'niia_validate' ? ok(text) : err(text);
  }
}

function argvOf(
  name: ToolName,
  { file, task, phase }: ToolInput,
  folder: string,
  transport: string,
): Result<readonly string[], string> {
  if (name === 'niia_list_runs') return ok(['ps', '--all', '--json']);
  if (file === undefined) return err(t('The input "file" is missing: the path of a connector file.'));
  // Absolute: it cannot be taken for an option.
  const path = resolve(folder, file);
  if (name === 'niia_validate') return ok(['validate', path]);
  const options = [
    `--transport=${transport}`,
    ...(task === undefined ? [] : [`--task=${task}`]),
    ...(phase === undefined ? [] : [`--phase=${phase}`]),
  ];
  return ok(name === 'niia_plan' ? ['plan', path, ...options] : ['run', path, '--detach', ...options]);
}

function keyOf({ file, task, phase }: ToolInput): string {
  return JSON.stringify([file, task, phase]);
}
