/** Sessions as people type them: the name given to `niia serve`, a session id, or RUN/PHASE/WORKER. */
import type { DaemonClient } from '../daemon/client.ts';
import type { WorkerView } from '../engine/projections.ts';
import type { Responses, SessionRow } from '../protocol.ts';
import { err, ok, type Result } from '../result.ts';
import { call } from './connect.ts';
import { type CliFailure, failed, misused } from './failure.ts';
import { chooseWorker, showRun } from './names.ts';
import { nearest } from './suggestion.ts';

/** The id of the session that is meant. */
export async function findSession(daemon: DaemonClient, text: string): Promise<Result<string, CliFailure>> {
  const list = await call(daemon, 'session/list', {});
  if (!list.ok) return list;
  const { sessions } = list.value;
  if (sessions.some(row => row.session === text)) return ok(text);
  const slash = text.indexOf('/');
  if (slash > 0) return await findWorkerSession(daemon, text.slice(0, slash), text.slice(slash + 1));
  const run = await showRun(daemon, text);
  return run.ok ? onlySession(run.value, text) : err(unknownSession(sessions, text));
}

/** The session of a run's only worker; of several one has to be named. */
function onlySession({ view }: Responses['run/show'], text: string): Result<string, CliFailure> {
  const workers = view.phases.flatMap(phase => phase.workers);
  const [only] = workers;
  if (workers.length === 1 && only !== undefined) return sessionOf(only);
  const open = workers.filter(({ session }) => session !== undefined).map(({ key }) => key);
  const choice = open.length === 0 ? 'none of them has a terminal yet' : `there are: ${open.join(', ')}`;
  return err(misused(`"${text}" is a run of ${workers.length} workers: name one of them`, choice));
}

function sessionOf({ key, session, state }: WorkerView): Result<string, CliFailure> {
  return session === undefined ? err(failed(`${key} has no terminal yet: it is ${state}`)) : ok(session);
}

/** The session of a worker: the latest it opened. Failure: no such run or worker, or none opened yet. */
export async function findWorkerSession(
  daemon: DaemonClient,
  runText: string,
  workerText: string,
): Promise<Result<string, CliFailure>> {
  const shown = await showRun(daemon, runText);
  if (!shown.ok) return shown;
  const key = chooseWorker(shown.value.plan, workerText);
  if (!key.ok) return key;
  const worker = shown.value.view.phases.flatMap(phase => phase.workers).find(each => each.key === key.value);
  return worker === undefined ? err(failed(`${key.value} has no terminal yet`)) : sessionOf(worker);
}

function unknownSession(sessions: readonly SessionRow[], text: string): CliFailure {
  const meant = nearest(
    text,
    sessions.map(row => row.session),
  );
  const served = sessions.filter(row => row.run === undefined).map(row => row.session);
  return misused(
    `there is no session "${text}"`,
    ...(meant === undefined ? [] : [`did you mean ${meant}?`]),
    served.length === 0 ? 'start one: niia serve NAME -- PROGRAM' : `there are: ${served.join(', ')}`,
    'a worker is RUN/PHASE/WORKER',
  );
}
