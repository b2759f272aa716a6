/** `niia stop RUN [WORKER]`, `niia stop SESSION` */
import type { DaemonClient } from '../../daemon/client.ts';
import { err, ok, type Result } from '../../result.ts';
import { call, withDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { type CliFailure, failed } from '../failure.ts';
import { chooseWorker, findRun } from '../names.ts';
import type { Verb, VerbContext, VerbResult } from '../verb.ts';

/** Stops a run, one of its workers, or a session of `niia serve`. */
export const verb: Verb = {
  spec: {
    name: 'stop',
    usage: 'RUN [WORKER] | SESSION [--now]',
    description:
      'Stops a run, or one worker of it. Its programs are interrupted, given time, then ended; all work is kept and the\n' +
      'run can be taken up again by niia retry. Also ends a session of niia serve.',
    positionals: { min: 1, max: 2 },
    options: { now: { type: 'flag', help: 'end the programs without giving them time' } },
    examples: [
      ['stop last', 'stops the newest run'],
      ['stop review-20261122-101500-ab12 research/2', 'stops one worker; the run goes on'],
    ],
  },
  run: context =>
    withDaemon(context, async daemon => {
      const [name = '', workerText] = context.args.positionals;
      const how = context.args.flag('now') ? 'now' : 'polite';
      if (workerText === undefined && (await isServed(daemon, name)))
        return await stopSession(daemon, context, name, how);
      const run = await findRun(daemon, name);
      if (!run.ok) return run;
      const worker = await findWorker(daemon, run.value, workerText);
      if (!worker.ok) return worker;
      const target = worker.value === undefined ? {} : { worker: worker.value };
      const stopped = await call(daemon, 'run/stop', { run: run.value, ...target, how });
      if (!stopped.ok) return stopped;
      context.terminal.stderr.write(
        `stopping ${worker.value === undefined ? '' : `${worker.value} of `}${run.value}\n`,
      );
      return ok(exitCodes.succeeded);
    }),
};

async function findWorker(
  daemon: DaemonClient,
  run: string,
  text: string | undefined,
): Promise<Result<string | undefined, CliFailure>> {
  if (text === undefined) return ok(undefined);
  const shown = await call(daemon, 'run/show', { run });
  return shown.ok ? chooseWorker(shown.value.plan, text) : shown;
}

async function isServed(daemon: DaemonClient, name: string): Promise<boolean> {
  const list = await call(daemon, 'session/list', {});
  return list.ok && list.value.sessions.some(row => row.session === name && row.run === undefined);
}

async function stopSession(
  daemon: DaemonClient,
  { terminal }: VerbContext,
  session: string,
  how: 'polite' | 'now',
): Promise<VerbResult> {
  const stopped = await call(daemon, 'session/stop', { session, how });
  if (!stopped.ok) return stopped;
  const { survivors } = stopped.value;
  if (survivors.length > 0)
    return err(failed(`could not end process ${survivors.join(', ')} of "${session}"`));
  terminal.stderr.write(`${session} has ended\n`);
  return ok(exitCodes.succeeded);
}
