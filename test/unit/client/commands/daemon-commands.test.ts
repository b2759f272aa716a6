import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { restartDaemon } from '../../../../client/commands/daemon-commands.ts';
import { ok } from '../../../../runtime/result.ts';
import { personWho } from './person.ts';

/** What is seen when a person restarts the daemon of a window that knows of so many runs under way. */
async function seenWith(unfinished: number | undefined, ...answers: readonly string[]) {
  const { prompter, seen } = personWho(...answers);
  await restartDaemon({
    ...prompter,
    cli: {
      program: () => ({ command: 'node', args: [], env: {} }),
      run: async argv => {
        seen.push(`niia ${argv.join(' ')}`);
        return ok({ code: 0, stdout: '', stderr: '' });
      },
    },
    refresh: async () => {
      seen.push('read all runs');
      return ok(undefined);
    },
    unfinishedRuns: () => unfinished,
  });
  return seen;
}

const restarted = ['niia daemon stop', 'read all runs'];

describe('restarting the daemon', () => {
  it('goes without a question when nothing is under way', async () => {
    assert.deepEqual(await seenWith(0), restarted);
  });

  it('asks first when runs are under way, and leaves them alone without an answer', async () => {
    const question =
      'warning: Restart the daemon? 2 runs are under way. Workers go on meanwhile, and the new daemon takes their runs up. | Restart';
    assert.deepEqual(await seenWith(2), [question]);
    assert.deepEqual(await seenWith(2, 'Restart'), [question, ...restarted]);
  });

  it('asks first when the daemon cannot say what is under way', async () => {
    const [question] = await seenWith(undefined);
    assert.match(question ?? '', /^warning: Restart the daemon\? It may have runs/);
  });
});
