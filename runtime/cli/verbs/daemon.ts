/** `niia daemon start|stop|status|install` */

import { dateAndTime } from '../../amounts.ts';
import { findPlaces } from '../../config/places.ts';
import { connectDaemon, stopDaemon } from '../../daemon/client.ts';
import { err, ok } from '../../result.ts';
import { call, connect, connectOptions, fromDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { misused } from '../failure.ts';
import { nearest } from '../suggestion.ts';
import type { Verb, VerbContext, VerbResult } from '../verb.ts';

const actions: Readonly<Record<string, (context: VerbContext) => Promise<VerbResult>>> = {
  start,
  stop,
  status,
  install: async context => (await import('../user-service.ts')).installUserService(context),
};

/** Starts, stops or asks the background program; `install` makes it a service of the user. */
export const verb: Verb = {
  spec: {
    name: 'daemon',
    usage: 'start | stop [--runs] | status [--json] | install',
    description:
      'The daemon runs the workers. It starts by itself with the first verb that needs it and ends when it is idle.\n' +
      'stop: unfinished runs go on with its next start; with --runs they are stopped first.\n' +
      'status: exit 0 if it runs, 1 if not.\n' +
      'install: writes a service file (systemd or launchd) so that it starts with your login, and says what it did.',
    positionals: { min: 1, max: 1 },
    options: {
      runs: { type: 'flag', help: 'stop: stop the runs too' },
      json: { type: 'flag', help: 'status: one JSON document: pid, version, runs, sessions, …' },
    },
  },
  run: async context => {
    const [word = ''] = context.args.positionals;
    const action = Object.hasOwn(actions, word) ? actions[word] : undefined;
    if (action !== undefined) return await action(context);
    const meant = nearest(word, Object.keys(actions));
    const advice = meant === undefined ? [] : [`did you mean niia daemon ${meant}?`];
    return err(
      misused(`daemon does not know "${word}"`, ...advice, 'it knows: start, stop, status, install'),
    );
  },
};

async function start(context: VerbContext): Promise<VerbResult> {
  const connected = await connect(context);
  if (!connected.ok) return connected;
  using daemon = connected.value;
  context.terminal.stderr.write(`the daemon runs as process ${daemon.daemon.pid}\n`);
  return ok(exitCodes.succeeded);
}

async function stop({ args, env, terminal }: VerbContext): Promise<VerbResult> {
  const stopped = await stopDaemon(findPlaces(env).stateDir, args.flag('runs'));
  if (!stopped.ok && stopped.failure.code === 'no-daemon') {
    terminal.stderr.write('no daemon runs\n');
    return ok(exitCodes.succeeded);
  }
  if (!stopped.ok) return err(fromDaemon(stopped.failure));
  const { unfinished } = stopped.value;
  terminal.stderr.write('the daemon has ended\n');
  for (const run of unfinished) terminal.stderr.write(`unfinished, goes on with the next start: ${run}\n`);
  return ok(exitCodes.succeeded);
}

async function status({ args, env, terminal }: VerbContext): Promise<VerbResult> {
  const options = await connectOptions(env);
  if (!options.ok) return options;
  const { autostart: _, ...withoutStart } = options.value;
  const connected = await connectDaemon(withoutStart);
  if (!connected.ok) return err(fromDaemon(connected.failure));
  using daemon = connected.value;
  const asked = await call(daemon, 'daemon/status', {});
  if (!asked.ok) return asked;
  const { pid, version, node, home, runs, sessions, startedAt } = asked.value;
  const text = [
    `process   ${pid}, since ${dateAndTime(startedAt)}`,
    `version   ${version} on Node ${node}`,
    `runs      ${runs}`,
    `sessions  ${sessions}`,
    `state in  ${home}`,
    `log       ${options.value.logFile}`,
  ];
  terminal.stdout.write(args.flag('json') ? `${JSON.stringify(asked.value)}\n` : `${text.join('\n')}\n`);
  return ok(exitCodes.succeeded);
}
