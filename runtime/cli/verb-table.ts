/** All verbs, with what is needed to list and to find them; the verb itself is loaded only when it runs. */
import type { Verb } from './verb.ts';

/** A verb before it is loaded. */
export interface VerbEntry {
  readonly name: string;
  readonly group: string;
  readonly summary: string;
  load(): Promise<{ readonly verb: Verb }>;
}

const write = 'Write and check a connector file';
const run = 'Run it';
const look = 'Look at runs';
const steer = 'Steer runs';
const result = 'Take the result';
const session = 'Sessions outside of runs';
const machine = 'This machine';

/** Every verb, in the order of the help. */
export const verbTable: readonly VerbEntry[] = [
  entry('init', write, 'put a small connector.json here to start from', () => import('./verbs/init.ts')),
  entry('validate', write, 'check files, like a compiler', () => import('./verbs/validate.ts')),
  entry('plan', write, 'show what a run would do, without doing it', () => import('./verbs/plan.ts')),
  entry('run', run, 'run a file and follow it', () => import('./verbs/run.ts')),
  entry('retry', run, 'run what failed again', () => import('./verbs/retry.ts')),
  entry(
    'resume',
    run,
    'follow a run again, or go on with one that was interrupted',
    () => import('./verbs/resume.ts'),
  ),
  entry('ps', look, 'list runs', () => import('./verbs/ps.ts')),
  entry('show', look, 'show a run: phases, workers, answers, failures', () => import('./verbs/show.ts')),
  entry('logs', look, 'print what workers printed', () => import('./verbs/logs.ts')),
  entry('attach', look, "be in a worker's terminal", () => import('./verbs/attach.ts')),
  entry('stop', steer, 'stop a run or one worker; all work is kept', () => import('./verbs/stop.ts')),
  entry('approve', steer, 'open a gate', () => import('./verbs/approve.ts')),
  entry('pick', steer, 'choose the worker whose branch is taken', () => import('./verbs/pick.ts')),
  entry('answer', steer, 'answer a question or a permission', () => import('./verbs/answer.ts')),
  entry('diff', result, 'show what a run changed', () => import('./verbs/diff.ts')),
  entry('merge', result, "merge a run's branch into yours", () => import('./verbs/merge.ts')),
  entry('report', result, 'write the report of a run', () => import('./verbs/report.ts')),
  entry('clean', result, 'remove ended runs whose work is safe elsewhere', () => import('./verbs/clean.ts')),
  entry('serve', session, 'start any program in a terminal that stays', () => import('./verbs/serve.ts')),
  entry('write', session, 'type into a session', () => import('./verbs/write.ts')),
  entry('wait-idle', session, 'wait until a session has nothing to do', () => import('./verbs/wait-idle.ts')),
  entry('get-answer', session, "print a session's last answer", () => import('./verbs/get-answer.ts')),
  entry('agents', machine, 'list AI CLIs and which are installed', () => import('./verbs/agents.ts')),
  entry('mcp', machine, 'be an MCP server, or call the tools of one', () => import('./verbs/mcp.ts')),
  entry('daemon', machine, 'start, stop or ask the background program', () => import('./verbs/daemon.ts')),
];

function entry(name: string, group: string, summary: string, load: VerbEntry['load']): VerbEntry {
  return { name, group, summary, load };
}
