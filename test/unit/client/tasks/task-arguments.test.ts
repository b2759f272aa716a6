import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readTask, taskArguments, taskName } from '../../../../client/tasks/task-arguments.ts';

function argumentsOf(definition: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const task = readTask(definition);
  return task && taskArguments(task);
}

describe('connector tasks', () => {
  it('run the file unless they say otherwise', () => {
    assert.deepEqual(argumentsOf({ file: 'connector.json' }), ['run', 'connector.json']);
    assert.deepEqual(argumentsOf({ file: 'connector.json', command: 'rm' }), ['run', 'connector.json']);
  });

  it('pass every value in one word with its option, whatever it begins with', () => {
    assert.deepEqual(
      argumentsOf({ file: 'x.json', phase: '-p', task: '--yes', vars: { a: 'b=c', n: 1 }, yes: true }),
      ['run', 'x.json', '--phase=-p', '--task=--yes', '--var=a=b=c', '--yes'],
    );
  });

  it('that check a file take nothing else', () => {
    assert.deepEqual(argumentsOf({ file: 'x.json', command: 'validate', phase: 'p' }), [
      'validate',
      'x.json',
    ]);
  });

  it('without a file are none', () => {
    assert.equal(argumentsOf({ command: 'run' }), undefined);
  });

  it('are called after what they do', () => {
    const task = readTask({ file: 'x.json', from: 'build' });
    assert.equal(task && taskName(task), 'run x.json build…');
  });
});
