/** `niia run FILE` */
import type { DaemonClient } from '../../daemon/client.ts';
import { blockersOf, type Planned } from '../../plan/make-plan.ts';
import type { Plan } from '../../plan/plan.ts';
import { err, type Result } from '../../result.ts';
import { call, environmentOf, withDaemon } from '../connect.ts';
import { loadValidFile, type ValidFile } from '../connector-file.ts';
import { exitCodes } from '../exit-codes.ts';
import type { CliFailure } from '../failure.ts';
import { planFile, planOptionSpecs } from '../planning.ts';
import { printableLine } from '../printable.ts';
import { findBaseRun } from '../run/base-run.ts';
import { followOptions, followOrDetach } from '../run/follow.ts';
import { followInTerminal } from '../run/live-session.ts';
import { ask } from '../run/prompt.ts';
import type { Verb, VerbContext } from '../verb.ts';

/** Runs a file and follows it to its end. */
export const verb: Verb = {
  spec: {
    name: 'run',
    usage:
      'FILE [--phase N | --from N] [--task T] [--var k=v]… [--model alias=route]… [--yes] [--detach] [--json]',
    description:
      'Runs a connector file in the repository of the current folder and shows its progress. Your own branch and files\n' +
      'are not touched. Ctrl-C stops the run politely, a second one at once; all work is kept.\n' +
      'A file without phases is one live session: you land in its terminal (Ctrl-] d leaves it running).',
    positionals: { min: 1, max: 1 },
    options: { ...planOptionSpecs, ...followOptions },
    examples: [
      ['run review.connector.json --task "Review the last commit"', 'runs it with this goal'],
      [
        'run review.connector.json --from fix',
        'only the phase "fix" and what follows, on the newest run\'s results',
      ],
      ['run review.connector.json --json > events.ndjson', 'for programs: one event a line'],
    ],
  },
  run: async context => {
    const file = await loadValidFile(context, context.args.positionals[0] ?? '');
    if (!file.ok) return file;
    const planned = await planWithTask(context, file.value);
    if (!planned.ok) return planned;
    const blocked = blockedBy(file.value, planned.value.plan);
    if (blocked) return err(blocked);
    warn(context, planned.value.plan);
    return await withDaemon(context, daemon => start(daemon, context, planned.value));
  },
};

async function start(
  daemon: DaemonClient,
  context: VerbContext,
  planned: Planned,
): Promise<Result<number, CliFailure>> {
  const { plan, takenFrom } = planned;
  const base = takenFrom.length > 0 ? await findBaseRun(daemon, plan.file, takenFrom) : undefined;
  if (base && !base.ok) return base;
  const { NIIA_RUN, NIIA_WORKER } = context.env;
  const started = await call(daemon, 'run/start', {
    plan,
    env: environmentOf(context.env),
    ...(base ? { from: { run: base.value, phases: [...takenFrom] } } : {}),
    ...(NIIA_RUN && NIIA_WORKER ? { parent: { run: NIIA_RUN, worker: NIIA_WORKER } } : {}),
  });
  if (!started.ok) return started;
  const { run } = started.value;
  const isLive = plan.isInteractive && context.terminal.isInteractive && !context.args.flag('detach');
  return isLive ? await followInTerminal(daemon, run, context) : await followOrDetach(daemon, run, context);
}

/** Plans; where a task is missing and a person is here, asks for it and plans again (spec §2 `task`). */
async function planWithTask(context: VerbContext, file: ValidFile): Promise<Result<Planned, CliFailure>> {
  const { terminal, args } = context;
  const request = { isAttended: terminal.isInteractive || args.flag('detach'), askVersions: false };
  const planned = await planFile(context, file, request);
  if (!planned.ok || planned.value.needsTask.length === 0 || !terminal.isInteractive) return planned;
  const phases = planned.value.needsTask.map(printableLine).join(', ');
  const task = await ask(terminal, `The file has no task for ${phases}. What is to be done?\n> `);
  if (task === undefined)
    return err({ message: 'no task, nothing started', advice: [], exitCode: exitCodes.stopped });
  return task === '' ? planned : await planFile(context, file, { ...request, task });
}

/** What keeps the plan from running. Exit 2, or 3 if all that is missing is a model (design §6). */
function blockedBy(file: ValidFile, plan: Plan): CliFailure | undefined {
  const blockers = blockersOf(plan);
  if (blockers.length === 0) return undefined;
  const codes = blockers.map(blocker => blocker.exitCode ?? exitCodes.usage);
  const exitCode = codes.every(code => code === exitCodes.noModel) ? exitCodes.noModel : exitCodes.usage;
  return {
    message: `"${file.shown}" cannot run here; nothing was started`,
    advice: blockers.map(blocker => `✗ ${blocker.message}`),
    exitCode,
  };
}

function warn({ terminal, args }: VerbContext, plan: Plan): void {
  if (args.flag('json')) return;
  const { style } = terminal.stderr;
  for (const note of plan.notes.filter(each => each.severity === 'warning'))
    terminal.stderr.write(`${style.yellow('warning:')} ${printableLine(note.message)}\n`);
}
