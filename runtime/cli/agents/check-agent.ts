/** `niia agents --check NAME`: turns of the CLI in an empty folder, headless and in its terminal, and what of that works. */
import type { AgentAdapter } from '../../agents/adapter.ts';
import type { DeclaredAgent } from '../../agents/declared.ts';
import { adapterOf, resolveModelString } from '../../agents/registry.ts';
import { terminalCliOf } from '../../agents/terminal/terminal-clis.ts';
import { findProgram } from '../../machine/find-program.ts';
import { programVersion } from '../../machine/program-version.ts';
import { err, ok, type Result } from '../../result.ts';
import { type CliFailure, misused } from '../failure.ts';
import type { VerbContext } from '../verb.ts';
import { type CheckRow, headlessRows, isUnavailable, terminalRows } from './check-rows.ts';
import { runHeadlessTurns, runTerminalTurn } from './check-turns.ts';

/** The outcome of a check; `isUsable`: it starts and answers. */
export interface AgentCheck {
  readonly model: string;
  readonly isUsable: boolean;
  readonly rows: readonly CheckRow[];
}

/** How a check goes on. */
export interface CheckOptions {
  /** Asked before the first turn: whether so many short turns of the model may be spent. */
  mayAsk(turns: number): Promise<boolean>;
  /** Told before turns that may take minutes. */
  onTurns(where: 'headless' | 'in its own terminal'): void;
}

/**
 * Checks the CLI of a model string, headless by two short turns: the first answers in words, which do not fit the schema that
 * the second, in the same conversation, has to fit. Then by one more in its terminal, where niia can drive it there. Undefined:
 * the person does not want it, or broke it off. Failure: no such CLI, or a run could not be made.
 */
export async function checkAgent(
  context: VerbContext,
  model: string,
  configured: Readonly<Record<string, DeclaredAgent>>,
  { mayAsk, onTurns }: CheckOptions,
): Promise<Result<AgentCheck | undefined, CliFailure>> {
  const choice = resolveModelString(model, Object.keys(configured));
  const declared = choice === undefined ? undefined : configured[choice.adapter];
  const route = choice && { adapter: choice.adapter, declared };
  const adapter = route && adapterOf(route);
  if (route === undefined || adapter === undefined || adapter.isShellPrompt)
    return err(misused(`"${model}" is no CLI that can be checked`, 'niia agents lists those that can'));
  const program = await programOf(adapter, context);
  if (program === undefined) {
    const rows = [missingRow(adapter), ...permissionRows(adapter)];
    return ok({ model, isUsable: false, rows });
  }
  const isDriven = terminalCliOf(route, process.platform) !== undefined;
  if (!(await mayAsk(isDriven ? 3 : 2))) return ok(undefined);
  const about = await aboutRows(adapter, program, context);
  onTurns('headless');
  const events = await runHeadlessTurns(context, model);
  if (!events.ok || events.value === undefined) return events.ok ? ok(undefined) : events;
  const headless = headlessRows(adapter, events.value);
  const live = await checkTerminal(context, model, adapter, {
    isDriven,
    isWorthwhile: !isUnavailable(events.value),
    onTurns,
  });
  if (!live.ok || live.value === undefined) return live.ok ? ok(undefined) : live;
  const rows = [...about, ...headless, ...live.value, ...permissionRows(adapter)];
  const isUsable = headless.some(({ part, result }) => part === 'answers' && result === 'works');
  return ok({ model, isUsable, rows });
}

async function checkTerminal(
  context: VerbContext,
  model: string,
  adapter: AgentAdapter,
  how: Pick<CheckOptions, 'onTurns'> & { readonly isDriven: boolean; readonly isWorthwhile: boolean },
): Promise<Result<readonly CheckRow[] | undefined, CliFailure>> {
  const part = 'terminal answers';
  if (!how.isDriven) return ok([{ part, result: 'none', detail: 'niia drives it headless only' }]);
  if (!how.isWorthwhile)
    return ok([{ part, result: 'claimed', detail: 'not tried: it would fail in the same way' }]);
  how.onTurns('in its own terminal');
  const events = await runTerminalTurn(context, model);
  return events.ok ? ok(events.value && terminalRows(adapter, events.value)) : events;
}

async function programOf(adapter: AgentAdapter, { env, cwd }: VerbContext): Promise<string | undefined> {
  for (const name of adapter.programs) {
    const found = await findProgram(name, env, cwd);
    if (found !== undefined) return found;
  }
  return undefined;
}

function missingRow({ programs }: AgentAdapter): CheckRow {
  return { part: 'installed', result: 'fails', detail: `${programs.join(' or ')} is not on PATH` };
}

async function aboutRows(
  { versionArgs, testedVersion }: AgentAdapter,
  program: string,
  { env }: VerbContext,
): Promise<readonly CheckRow[]> {
  const version = await programVersion(program, versionArgs, env);
  const tested = testedVersion === undefined ? '' : `; tested with ${testedVersion}`;
  return [
    { part: 'installed', result: 'works', detail: program },
    version === undefined
      ? { part: 'version', result: 'none', detail: `it told none within 3 s${tested}` }
      : { part: 'version', result: 'works', detail: `${version}${tested}` },
  ];
}

function permissionRows(adapter: AgentAdapter): readonly CheckRow[] {
  return Object.entries(adapter.permissions).map(([permission, { means }]) => ({
    part: `permission ${permission}`,
    result: 'claimed',
    detail: means,
  }));
}
