/** `niia logs RUN [WORKER]` */
import { ok } from '../../result.ts';
import { withDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { followSessions, printSessions } from '../logs/session-logs.ts';
import { chooseWorker, showRun } from '../names.ts';
import type { Verb } from '../verb.ts';

/** Prints what the workers of a run printed, as plain text. */
export const verb: Verb = {
  spec: {
    name: 'logs',
    usage: 'RUN [WORKER] [--follow]',
    description:
      'Prints what the workers of a run (or one) printed, from their recordings, as plain lines. With several workers\n' +
      'every line says whose it is. The recordings themselves are asciicast files: niia show RUN names their folder.',
    positionals: { min: 1, max: 2 },
    options: { follow: { type: 'flag', help: 'go on until the run ends' } },
    examples: [['logs last implement/1 --follow', 'what one worker prints, as it comes']],
  },
  run: context =>
    withDaemon(context, async daemon => {
      const { args, terminal } = context;
      const [runText = '', workerText] = args.positionals;
      const shown = await showRun(daemon, runText);
      if (!shown.ok) return shown;
      const { run, plan, view, dir } = shown.value;
      const worker = workerText === undefined ? undefined : chooseWorker(plan, workerText);
      if (worker && !worker.ok) return worker;
      const scope = { dir, worker: worker?.value, output: terminal.stdout };
      if (args.flag('follow') && view.state !== 'ended') await followSessions(daemon, run, scope);
      else await printSessions(view, scope);
      return ok(exitCodes.succeeded);
    }),
};
