import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { actOnRun, type RunCommand, type RunHost } from '../../../../client/commands/act-on-run.ts';
import type { Runs } from '../../../../client/runs/runs.ts';
import type { NewEvent } from '../../../../runtime/engine/events.ts';
import { err, ok } from '../../../../runtime/result.ts';
import { START } from '../../cli/sample-run.ts';
import { sampleRun, untilEnd, untilGate, untilQuestion } from '../views/sample.ts';
import { type Person, personWho } from './person.ts';

interface Case {
  readonly events?: readonly NewEvent[];
  readonly person?: Person;
  readonly isTrusted?: boolean;
  /** What the daemon answers instead of success. */
  readonly failure?: string;
}

/** Runs as far as commands look at them; what is sent to the daemon is written down. */
function runsOf({ events = untilGate, failure }: Case, seen: string[]): Runs {
  const { loaded, row } = sampleRun(events);
  return {
    daemon: { kind: 'off' },
    onDidChangeDaemon: () => ({ dispose() {} }),
    onDidChange: () => ({ dispose() {} }),
    ptyHost: undefined,
    list: () => [row],
    newest: () => row,
    loaded: () => loaded,
    load: async () => ok(loaded),
    request: async (method, params) => {
      seen.push(`${method} ${JSON.stringify(params)}`);
      if (failure !== undefined) return err({ code: 'x', message: failure, exitCode: 1 });
      // The commands look at no more than that it succeeded.
      return ok({} as never);
    },
  };
}

async function seenBy(command: RunCommand, argument: unknown, given: Case = {}): Promise<readonly string[]> {
  const { prompter, seen } = given.person ?? personWho();
  const host: RunHost = {
    ...prompter,
    runs: runsOf(given, seen),
    cli: {
      program: () => ({ command: 'node', args: [], env: { PATH: '/bin' } }),
      run: async argv => {
        seen.push(`niia ${argv.join(' | ')}`);
        return ok({ code: 0, stdout: argv[0] === 'agents' ? '[]' : 'printed', stderr: '' });
      },
    },
    isTrusted: () => given.isTrusted ?? true,
    reveal: async run => void seen.push(`reveal ${run}`),
    showOutput: () => void seen.push('show output'),
    showLog: async (title, text) => void seen.push(`log ${title}: ${text}`),
    now: () => START,
  };
  await actOnRun(command, argument, host);
  return seen;
}

describe('acting on runs from the editor', () => {
  const run = 'demo-1';

  it('stops a run, or one of its workers, politely', async () => {
    assert.deepEqual(await seenBy('niia.stop', { run }), ['run/stop {"run":"demo-1","how":"polite"}']);
    assert.deepEqual(await seenBy('niia.stop', { run, phase: 'build', worker: 'build/1' }), [
      'run/stop {"run":"demo-1","worker":"build/1","how":"polite"}',
    ]);
  });

  it('retries a worker, a phase or all that failed, with the editor’s environment', async () => {
    assert.deepEqual(await seenBy('niia.retry', { run, phase: 'build', worker: 'build/1' }), [
      'run/retry {"run":"demo-1","targets":["build/1"],"env":{"PATH":"/bin"}}',
    ]);
    assert.deepEqual(await seenBy('niia.retry', { run, phase: 'build' }), [
      'run/retry {"run":"demo-1","targets":["build"],"env":{"PATH":"/bin"}}',
    ]);
    assert.deepEqual(await seenBy('niia.retry', { run }), [
      'run/retry {"run":"demo-1","targets":[],"env":{"PATH":"/bin"}}',
    ]);
  });

  it('retries with a model that the argument names, or that the person does', async () => {
    const [named] = await seenBy('niia.retry', { run, worker: 'build/1', route: 'codex' });
    assert.match(named ?? '', /"routeOverride":"codex"/);
    const person = personWho('Another model…', 'claude/opus');
    const asked = await seenBy('niia.retryWithModel', { run, worker: 'build/1' }, { person });
    assert.match(asked.at(-1) ?? '', /"targets":\["build\/1"\].*"routeOverride":"claude\/opus"/);
  });

  it('approves the gate that waits', async () => {
    assert.deepEqual(await seenBy('niia.approve', { run }), ['run/approve {"run":"demo-1","gate":"deploy"}']);
  });

  it('answers the worker that asks in the person’s words', async () => {
    const seen = await seenBy(
      'niia.answer',
      { run },
      { events: untilQuestion, person: personWho('the second') },
    );
    assert.deepEqual(seen, [
      'ask research/1',
      'run/answer {"run":"demo-1","worker":"research/1","text":"the second"}',
    ]);
  });

  it('offers the choices of a question, and words of one’s own', async () => {
    const events: readonly NewEvent[] = untilQuestion.map(event =>
      event.kind === 'answer-needed' ? { ...event, text: 'Which? (1 A · 2 B)', choices: ['A', 'B'] } : event,
    );
    const taken = await seenBy('niia.answer', { run }, { events, person: personWho('B') });
    assert.deepEqual(taken, [
      'choose research/1 asks: Which? (1 A · 2 B): A, B, Another answer…',
      'run/answer {"run":"demo-1","worker":"research/1","text":"2"}',
    ]);
    const person = personWho('Another answer…', 'neither');
    const worded = await seenBy('niia.answer', { run }, { events, person });
    assert.match(worded.at(-1) ?? '', /"text":"neither"/);
  });

  it('grants a permission only by a choice for it', async () => {
    const events: readonly NewEvent[] = untilQuestion.map(event =>
      event.kind === 'answer-needed' ? { ...event, what: 'permission' } : event,
    );
    const seen = await seenBy('niia.answer', { run }, { events, person: personWho('Refuse') });
    assert.match(seen.at(-1) ?? '', /"text":"no"/);
    assert.equal(
      (await seenBy('niia.answer', { run }, { events })).length,
      1,
      'who goes away answers nothing',
    );
  });

  it('says that nothing waits any more when somebody else was faster', async () => {
    assert.deepEqual(await seenBy('niia.answer', { run, worker: 'build/1' }), [
      'info: Nothing waits for you here any more.',
    ]);
  });

  it('shows what a worker printed', async () => {
    assert.deepEqual(await seenBy('niia.showLog', { run, worker: 'build/1' }), [
      'niia logs | demo-1 | build/1',
      'log demo build/1: printed',
    ]);
  });

  it('tells what the daemon refused', async () => {
    const seen = await seenBy('niia.stop', { run }, { failure: 'The run has ended.' });
    assert.equal(seen.at(-1), 'error: The run has ended.');
  });

  it('changes nothing without trust', async () => {
    assert.deepEqual(await seenBy('niia.stop', { run }, { isTrusted: false }), [
      'warning: Connector files start programs. Trust this workspace to run them.',
    ]);
  });

  it('without an argument takes the only run that fits', async () => {
    assert.deepEqual(await seenBy('niia.stop', undefined), ['run/stop {"run":"demo-1","how":"polite"}']);
    assert.deepEqual(await seenBy('niia.stop', undefined, { events: untilEnd }), [
      'info: No run fits this command.',
    ]);
    assert.deepEqual(await seenBy('niia.showLog', undefined), ['show output']);
  });
});
