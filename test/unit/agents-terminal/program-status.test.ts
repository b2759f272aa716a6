import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { latestReport, readStatusReport } from '../../../runtime/agents/terminal/program-status.ts';

describe('a report of the Program Status Protocol', () => {
  test('is read with what it waits for and its message', () => {
    const message = Buffer.from('approve Bash: – ok?').toString('base64');
    assert.deepEqual(readStatusReport(`state=blocked:app=claude-code:kind=permission:msg=${message}`), {
      state: 'blocked',
      kind: 'permission',
      message: 'approve Bash: – ok?',
    });
  });

  test('keeps control characters out of its message', () => {
    const message = Buffer.from('\x1b]0;x\x07 done\n').toString('base64');
    assert.equal(readStatusReport(`state=working:msg=${message}`)?.message, ']0;x  done');
  });

  test('names its child task', () => {
    assert.equal(readStatusReport('state=working:id=a/b')?.id, 'a/b');
  });

  test('is none where the state is unknown, or it is a query', () => {
    for (const body of ['?', '', 'state=', 'state=happy', 'app=x', 'state']) {
      assert.equal(readStatusReport(body), undefined, body);
    }
  });

  test('with a broken message has none', () => {
    assert.equal(readStatusReport('state=error:msg=%%%')?.message, '');
  });

  test('that is the latest in a piece of output is found, whatever child tasks say after it', () => {
    const said = (...bodies: readonly string[]) =>
      latestReport(Buffer.from(bodies.map(body => `text\x1b]7501;${body}\x07`).join('')))?.state;
    assert.equal(said('state=working', 'state=done', 'state=working:id=a'), 'done');
    assert.equal(said('state=done', 'state=clear'), 'clear');
    assert.equal(said('?'), undefined);
  });
});
