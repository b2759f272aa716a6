import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NoticeBook, type NoticeMemory } from '../../../../client/status/notice-book.ts';
import { isCurrent, noticesOf } from '../../../../client/status/notices.ts';
import { statusText } from '../../../../client/status/status-text.ts';
import type { NewEvent } from '../../../../runtime/engine/events.ts';
import type { RunView } from '../../../../runtime/engine/projections.ts';
import { sampleRun, untilEnd, untilGate, untilQuestion } from '../views/sample.ts';

function viewAfter(events: readonly NewEvent[]): RunView {
  return sampleRun(events).loaded.view;
}

describe('the status bar', () => {
  const textAfter = (events: readonly NewEvent[]) => {
    const { row, loaded } = sampleRun(events);
    return statusText([row], () => loaded);
  };

  it('shows nothing when nothing runs', () => {
    assert.equal(
      statusText([], () => undefined),
      undefined,
    );
  });

  it('counts workers while they work', () => {
    assert.equal(textAfter(untilQuestion.slice(0, -1))?.text, '$(sync~spin) demo · 0/4 workers');
  });

  it('asks for a person, with what is needed on hover', () => {
    const status = textAfter(untilGate);
    assert.equal(status?.text, '$(bell-dot) demo · 3/4 workers · $0.12 · waits for you');
    assert.equal(status?.needsPerson, true);
    assert.match(status?.tooltip ?? '', /Phase deploy waits for your approval/);
  });
});

describe('notices', () => {
  const render = (events: readonly NewEvent[]) =>
    noticesOf(viewAfter(events)).map(
      ({ severity, message, actions }) =>
        `${severity}: ${message} [${actions.map(({ title, command }) => `${title} → ${command}`).join(', ')}]`,
    );

  it('tell of a gate with the button that opens it', () => {
    assert.deepEqual(render(untilGate), [
      'warning: demo: phase deploy waits for your approval. [Approve → niia.approve, Show → niia.showRun]',
    ]);
  });

  it('tell of a question in its own words, to be answered here or in the terminal', () => {
    assert.deepEqual(render(untilQuestion), [
      'warning: demo: research/1 asks: Which <b>one</b>? ' +
        '[Answer… → niia.answer, Open Terminal → niia.openTerminal, Show → niia.showRun]',
    ]);
  });

  it('tell of a failure, and of nothing that went well or that a person did', () => {
    assert.deepEqual(render(untilEnd), [
      'error: demo failed: build failed [Show → niia.showRun, Retry → niia.retry, Show Log → niia.showLog]',
    ]);
    const stopped: NewEvent = { kind: 'run-ended', outcome: 'stopped', message: 'by you' };
    assert.deepEqual(render([...untilGate, stopped]), []);
  });
});

describe('a notice that is still on screen', () => {
  const [gate] = noticesOf(viewAfter(untilGate));
  const [question] = noticesOf(viewAfter(untilQuestion));
  const [failure] = noticesOf(viewAfter(untilEnd));
  assert.ok(gate && question && failure);
  const answered: NewEvent = {
    kind: 'answer-given',
    worker: 'research/1',
    attempt: 1,
    by: 'another window',
    text: 'this',
    isGranted: true,
  };

  it('is current while its need stands', () => {
    assert.equal(isCurrent(gate, viewAfter(untilGate)), true);
    assert.equal(isCurrent(question, viewAfter(untilQuestion)), true);
    assert.equal(isCurrent(failure, viewAfter(untilEnd)), true);
  });

  it('is not when somebody approved, answered or retried elsewhere', () => {
    const approved: NewEvent = { kind: 'gate-approved', phase: 'deploy', by: 'command line' };
    const retried: NewEvent = { kind: 'retry-requested', workers: ['build/1'], by: 'you' };
    assert.equal(isCurrent(gate, viewAfter([...untilGate, approved])), false);
    assert.equal(isCurrent(question, viewAfter([...untilQuestion, answered])), false);
    assert.equal(isCurrent(failure, viewAfter([...untilEnd, retried])), false);
  });
});

describe('the book of notices', () => {
  const memory = (): NoticeMemory => {
    const values = new Map<string, unknown>();
    return { get: key => values.get(key), update: async (key, value) => void values.set(key, value) };
  };

  it('tells of a need once, also after the window was loaded again', () => {
    const kept = memory();
    const book = new NoticeBook(kept);
    assert.equal(book.news(viewAfter(untilGate)).length, 1);
    assert.equal(book.news(viewAfter(untilGate)).length, 0);
    assert.equal(new NoticeBook(kept).news(viewAfter(untilGate)).length, 0);
  });

  it('tells of a failure that came while the window was closed', () => {
    const kept = memory();
    new NoticeBook(kept).news(viewAfter(untilGate));
    const [notice] = new NoticeBook(kept).news(viewAfter(untilEnd));
    assert.equal(notice?.message, 'demo failed: build failed');
  });

  it('says nothing of failures that were over before anybody watched', () => {
    assert.deepEqual(new NoticeBook(memory()).news(viewAfter(untilEnd)), []);
  });

  it('tells again when the same worker asks again', () => {
    const book = new NoticeBook(memory());
    const who = { worker: 'research/1', attempt: 1 };
    const again: readonly NewEvent[] = [
      ...untilQuestion,
      { kind: 'answer-given', ...who, by: 'you', text: 'this', isGranted: true },
      { kind: 'answer-needed', ...who, what: 'question', text: 'Which <b>one</b>?' },
    ];
    assert.equal(book.news(viewAfter(untilQuestion)).length, 1);
    assert.equal(book.news(viewAfter(again)).length, 1);
  });
});
