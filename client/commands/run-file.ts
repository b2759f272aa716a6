/**
 * Runs and plans connector files: asks the plan what the file still wants to know, asks the person for it, and starts the
 * run in the background, where it goes on when the window closes.
 */
import { t } from '@vscode/l10n';
import type { Plan } from '../../runtime/plan/plan.ts';
import { err, ok, type Result } from '../../runtime/result.ts';
import { type RunTarget, readRunTarget } from '../arguments.ts';
import type { Cli, CliOutput } from '../cli.ts';
import { chooseModels } from './choose-model.ts';
import type { Prompter } from './prompter.ts';
import { inputArguments, type RunInputs, readInputs, wishesOf } from './run-inputs.ts';

/** The commands that act on a file. */
export const fileCommands = [
  'niia.run',
  'niia.plan',
  'niia.runPhase',
  'niia.runFrom',
  'niia.runWithModel',
] as const;

/** One of the commands that act on a file. */
export type FileCommand = (typeof fileCommands)[number];

/** What acting on a file needs of the window. */
export interface FileHost extends Prompter {
  readonly cli: Cli;
  isTrusted(): boolean;
  /** How AI CLIs run where the file does not say (setting `niia.transport`). */
  transport(): string;
  /** URIs of the connector files a person may mean who named none, the one in the active editor first. */
  candidates(): Promise<readonly string[]>;
  /** Path of the file on the machine the extension runs on; undefined if it is not there. */
  pathOf(uri: string): string | undefined;
  /** The folder a run of the file starts in: its repository is the one that is worked in. */
  folderOf(path: string): string;
  /** Writes unsaved changes to the file; false if they could not be written. */
  save(uri: string): Promise<boolean>;
  /** What was given to the last run of a file. */
  remembered(path: string): unknown;
  remember(path: string, inputs: RunInputs): void;
  /** Shows that something goes on, while it does. */
  during<T>(title: string, task: () => Promise<T>): Promise<T>;
  showPlan(path: string, text: string): Promise<void>;
  showProblems(): void;
  /** A run was started. */
  onStarted(run: string): void;
}

/** A file that something is done with. */
interface File {
  readonly path: string;
  readonly folder: string;
  /** `--phase=…` or `--from=…`, in one word: a phase may be called "-x". */
  readonly selection: readonly string[];
}

/** Carries out one of the commands, on the file its argument names, else on one that the person chooses. */
export async function actOnFile(command: FileCommand, argument: unknown, host: FileHost): Promise<void> {
  const found = await findFile(command, argument, host);
  if (found === undefined) return;
  if (!found.ok) {
    await host.tell({ severity: 'warning', message: found.failure });
    return;
  }
  const file = await withPhase(command, found.value, host);
  if (file === undefined) return;
  if (command === 'niia.plan') await showPlan(file, host);
  else await runFile(file, command === 'niia.runWithModel', host);
}

/** Asks for the phase that a command wants and its argument does not name. Undefined: the person went away. */
async function withPhase(command: FileCommand, file: File, host: FileHost): Promise<File | undefined> {
  const needsPhase = command === 'niia.runPhase' || command === 'niia.runFrom';
  if (!needsPhase || file.selection.length > 0) return file;
  const plan = await readPlan(file, [], host);
  if (plan === undefined) return undefined;
  const choices = plan.phases.map(({ name, description }) => ({
    label: name,
    ...(description !== undefined && { description }),
    value: name,
  }));
  const phase = await host.choose(t('Which phase?'), choices);
  return phase === undefined ? undefined : { ...file, selection: selectionOf(command, phase) };
}

async function findFile(
  command: FileCommand,
  argument: unknown,
  host: FileHost,
): Promise<Result<File, string> | undefined> {
  if (!host.isTrusted()) return err(t('Connector files start programs. Trust this workspace to run them.'));
  const target = readRunTarget(argument) ?? (await chooseFile(host));
  if (target === undefined) return undefined;
  const path = host.pathOf(target.uri);
  if (path === undefined) return err(t('Only a file on disk can be run. Save this one first.'));
  if (!(await host.save(target.uri))) return err(t('The file could not be saved, so it was not run.'));
  return ok({ path, folder: host.folderOf(path), selection: selectionOf(command, target.phase) });
}

async function chooseFile(host: FileHost): Promise<RunTarget | undefined> {
  const uris = await host.candidates();
  const [only] = uris;
  if (only === undefined) {
    await host.tell({ severity: 'info', message: t('Open a connector file to run it.') });
    return undefined;
  }
  if (uris.length === 1) return { uri: only };
  const choices = uris.map(uri => ({ label: host.pathOf(uri) ?? uri, value: { uri } }));
  return await host.choose(t('Which connector file?'), choices);
}

function selectionOf(command: FileCommand, phase: string | undefined): readonly string[] {
  if (phase === undefined) return [];
  return [command === 'niia.runFrom' ? `--from=${phase}` : `--phase=${phase}`];
}

/** What every call of the command line about a file begins with. */
function callOf(
  verb: 'run' | 'plan',
  file: File,
  host: FileHost,
  ...options: readonly string[]
): readonly string[] {
  return [verb, file.path, '--detach', ...options, `--transport=${host.transport()}`, ...file.selection];
}

async function showPlan(file: File, host: FileHost): Promise<void> {
  const inputs = inputArguments(readInputs(host.remembered(file.path)));
  const argv = [...callOf('plan', file, host), ...inputs];
  const planned = await host.during(t('Planning'), () => host.cli.run(argv, { cwd: file.folder }));
  const text = textOf(planned);
  if (text.ok) await host.showPlan(file.path, text.value);
  else await tellFailure(text.failure, host);
}

async function runFile(file: File, isModelAsked: boolean, host: FileHost): Promise<void> {
  const models = isModelAsked ? await modelArguments(file, host) : [];
  if (models === undefined) return;
  const plan = await readPlan(file, models, host);
  if (plan === undefined) return;
  const inputs = await askInputs(file, plan, host);
  if (inputs === undefined) return;
  const argv = [...callOf('run', file, host, '--json'), ...models, ...inputArguments(inputs)];
  const started = await host.during(t('Starting the run'), () => host.cli.run(argv, { cwd: file.folder }));
  const text = textOf(started);
  if (text.ok) host.onStarted(readRun(text.value));
  else await tellFailure(text.failure, host);
}

async function readPlan(file: File, models: readonly string[], host: FileHost): Promise<Plan | undefined> {
  const argv = [...callOf('plan', file, host, '--json'), ...models];
  const planned = textOf(await host.during(t('Planning'), () => host.cli.run(argv, { cwd: file.folder })));
  // Our own command line wrote it a moment ago.
  if (planned.ok) return JSON.parse(planned.value) as Plan;
  await tellFailure(planned.failure, host);
  return undefined;
}

async function modelArguments(file: File, host: FileHost): Promise<readonly string[] | undefined> {
  const plan = await readPlan(file, [], host);
  return plan === undefined ? undefined : await chooseModels(plan, file.folder, host);
}

/** Asks for what the plan lacks; what was given last time stands in the boxes. Undefined: the person went away. */
async function askInputs(file: File, plan: Plan, host: FileHost): Promise<RunInputs | undefined> {
  const { needsTask, variables, blockers } = wishesOf(plan);
  if (blockers.length > 0) {
    await tellBlocked(
      file,
      blockers.map(({ message }) => message),
      host,
    );
    return undefined;
  }
  const last = readInputs(host.remembered(file.path));
  const task = needsTask ? await askTask(last, host) : undefined;
  if (task === '') return undefined;
  const vars = await askVariables(variables, last, host);
  if (vars === undefined) return undefined;
  const inputs = { ...(task !== undefined && { task }), vars };
  if (needsTask || variables.length > 0) host.remember(file.path, inputs);
  return inputs;
}

/** Empty: the person went away. */
async function askTask({ task }: RunInputs, host: FileHost): Promise<string> {
  const prompt = t('What is to be done?');
  return (await host.text({ title: t('Task'), prompt, ...(task !== undefined && { value: task }) })) ?? '';
}

/** Undefined: the person went away. */
async function askVariables(
  names: readonly string[],
  last: RunInputs,
  host: FileHost,
): Promise<RunInputs['vars'] | undefined> {
  const vars: Record<string, string> = {};
  for (const name of names) {
    const value = await host.text({
      title: t('Value of {0}', `{${name}}`),
      prompt: t('Leave it empty to keep the placeholder as it is written.'),
      ...(last.vars[name] !== undefined && { value: last.vars[name] }),
    });
    if (value === undefined) return undefined;
    if (value !== '') vars[name] = value;
  }
  return vars;
}

async function tellBlocked(file: File, messages: readonly string[], host: FileHost): Promise<void> {
  const more = messages.length > 1 ? t(' (and {0} more)', messages.length - 1) : '';
  const message = t('This file cannot run here: {0}', `${messages[0] ?? ''}${more}`);
  const button = t('Show Plan');
  if ((await host.tell({ severity: 'error', message }, button)) === button) await showPlan(file, host);
}

/** What the command line printed, or why there is nothing. */
function textOf(output: Result<CliOutput, string>): Result<string, { message: string; isInvalid: boolean }> {
  if (!output.ok) return err({ message: output.failure, isInvalid: false });
  const { code, stdout, stderr } = output.value;
  return code === 0
    ? ok(stdout)
    : err({ message: lastParagraph(stderr), isInvalid: /\berror\[/.test(stderr) });
}

/** Diagnostics come first, the command line's own words last. */
function lastParagraph(stderr: string): string {
  const text = stderr.trim();
  const at = text.lastIndexOf('niia: ');
  return at === -1 ? text : text.slice(at + 'niia: '.length);
}

async function tellFailure(
  { message, isInvalid }: { readonly message: string; readonly isInvalid: boolean },
  host: FileHost,
): Promise<void> {
  const button = t('Show Problems');
  const buttons = isInvalid ? [button] : [];
  if ((await host.tell({ severity: 'error', message }, ...buttons)) === button) host.showProblems();
}

function readRun(stdout: string): string {
  const value: unknown = JSON.parse(stdout);
  if (typeof value === 'object' && value !== null && 'run' in value && typeof value.run === 'string')
    return value.run;
  throw new Error(`The command line named no run: ${stdout}`);
}
