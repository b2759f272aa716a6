import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Claim, ClaimedState, SourceName } from '../../../runtime/agents/terminal/claim.ts';
import { Detector, DISAGREEMENT_MS, SCREEN_LOOK_MS } from '../../../runtime/agents/terminal/detector.ts';
import type { ScreenRules } from '../../../runtime/agents/terminal/screen-rules.ts';

const screen: ScreenRules = {
  ...{ versions: '1', lines: 5 },
  waiting: [{ pattern: /Allow\?/, what: 'permission' }],
  working: [/esc to interrupt/],
  idle: [/^> $/m],
};

/** An empty composer. */
const IDLE = '> \nready';

/** A detector with a clock that the test moves. */
class Bench {
  readonly detector = new Detector({ screen });
  now = 0;

  /** OSC 7501 of the program. */
  says(report: string): string {
    const bytes = Buffer.from(`\x1b]7501;state=${report}\x1b\\`);
    return this.detector.feed({ kind: 'output', at: this.now, bytes }).state.kind;
  }

  hears(source: SourceName, kind: 'working' | 'idle' | 'done' | 'error'): string {
    return this.claim({ source, state: { kind }, text: kind });
  }

  claim(claim: Claim): string {
    return this.detector.feed({ kind: 'claims', at: this.now, claims: [claim] }).state.kind;
  }

  shows(text: string): string {
    return this.detector.feed({ kind: 'screen', at: this.now, text }).state.kind;
  }

  passes(ms: number): string {
    this.now += ms;
    return this.detector.feed({ kind: 'tick', at: this.now }).state.kind;
  }
}

/** A bench in the middle of a turn. */
function atWork(): Bench {
  const bench = new Bench();
  bench.says('idle');
  bench.hears('hooks', 'idle');
  bench.passes(1000);
  bench.hears('hooks', 'working');
  bench.passes(10);
  assert.equal(bench.says('working'), 'working');
  bench.passes(100);
  return bench;
}

describe('the detector', () => {
  test('takes a program that asks to log in after its turn has failed for one whose turn has failed', () => {
    const bench = atWork();
    assert.equal(bench.says('blocked:kind=auth'), 'waiting');
    assert.equal(bench.hears('hooks', 'error'), 'error');
    assert.equal(
      bench.hears('status-file', 'idle'),
      'error',
      'as claude, whose file says only that it is idle',
    );
    const asking = atWork();
    asking.says('blocked:kind=question');
    assert.equal(asking.hears('hooks', 'error'), 'waiting', 'a question may come after an error');
  });

  test('knows nothing before anything speaks', () => {
    assert.equal(new Bench().passes(60_000), 'unknown');
  });

  test('calls a turn done when both ways say so, in either order', () => {
    const bench = atWork();
    assert.equal(bench.says('done'), 'working');
    assert.equal(bench.hears('hooks', 'done'), 'done');
    const other = atWork();
    assert.equal(other.hears('hooks', 'done'), 'working');
    assert.equal(other.says('done'), 'done');
  });

  test('does not believe an end that the output alone tells, and says so with both words', () => {
    const bench = atWork();
    assert.equal(bench.says('done'), 'working');
    assert.equal(bench.passes(DISAGREEMENT_MS - 1), 'working');
    assert.equal(bench.passes(1), 'unknown');
    const told = bench.detector.verdict.evidence.map(({ source, text }) => `${source} ${text}`);
    assert.deepEqual(told, ['program-status done', 'hooks working']);
  });

  test('takes the progress that a terminal shows for a way of its own, where the CLI is known to show it', () => {
    const progress = (state: number): Buffer => Buffer.from(`\x1b]9;4;${state};0\x07`);
    const detector = new Detector({ showsProgress: true });
    const output = (at: number, state: number): string =>
      detector.feed({ kind: 'output', at, bytes: progress(state) }).state.kind;
    const done: Claim = { source: 'events', state: { kind: 'done' }, text: 'last message' };
    assert.equal(output(0, 3), 'working');
    assert.equal(detector.feed({ kind: 'claims', at: 10, claims: [done] }).state.kind, 'working');
    assert.equal(output(2000, 3), 'working', 'shown anew, it is no newer');
    assert.equal(output(3000, 0), 'done');
    const other = new Detector();
    assert.equal(other.feed({ kind: 'output', at: 0, bytes: progress(3) }).state.kind, 'unknown');
  });

  test('says when time alone will change its mind', () => {
    const bench = atWork();
    assert.equal(bench.detector.nextCheckAt, undefined);
    bench.says('done');
    assert.equal(bench.detector.nextCheckAt, bench.now + DISAGREEMENT_MS);
  });

  test('settles an end of which no hook tells by the screen', () => {
    const bench = atWork();
    bench.says('idle');
    bench.passes(100);
    assert.equal(bench.shows(`esc to interrupt\n${IDLE}`), 'working');
    bench.passes(100);
    assert.equal(bench.shows(IDLE), 'idle');
  });

  test('is at work again with the first word of the next turn, though the screen still looks idle', () => {
    const bench = atWork();
    bench.says('idle');
    bench.passes(100);
    bench.shows(IDLE);
    bench.passes(20_000);
    assert.equal(bench.hears('hooks', 'working'), 'working');
    bench.passes(100);
    assert.equal(bench.shows(IDLE), 'working');
  });

  test('says what a person is needed for by the way that cannot be forged, whichever spoke last', () => {
    const bench = atWork();
    bench.claim({ source: 'hooks', state: { kind: 'waiting', what: 'question' }, text: 'asks' });
    bench.passes(100);
    bench.says('blocked:kind=permission');
    assert.deepEqual(bench.detector.verdict.state, { kind: 'waiting', what: 'question' });
  });

  test('still waits when a status file is written again as it was', () => {
    const bench = atWork();
    bench.hears('status-file', 'working');
    bench.passes(100);
    bench.claim({ source: 'hooks', state: { kind: 'waiting', what: 'permission' }, text: 'asks' });
    bench.passes(100);
    assert.equal(bench.hears('status-file', 'working'), 'waiting');
    bench.passes(100);
    bench.claim({ source: 'status-file', state: { kind: 'waiting', what: 'permission' }, text: 'waits' });
    bench.passes(100);
    assert.equal(bench.hears('status-file', 'working'), 'working', 'the person has answered');
  });

  test('takes silence for nothing', () => {
    assert.equal(atWork().passes(3_600_000), 'working');
  });

  test('waits for a person as soon as one way says so, and goes on with the next word', () => {
    const bench = atWork();
    assert.equal(bench.says('blocked:kind=permission'), 'waiting');
    assert.deepEqual(bench.detector.verdict.state, { kind: 'waiting', what: 'permission' });
    bench.passes(5000);
    assert.equal(bench.says('working'), 'working');
  });

  test('does not mistake a child task’s end for the program’s', () => {
    const bench = atWork();
    bench.hears('hooks', 'done');
    assert.equal(bench.says('done:id=shell'), 'working');
  });

  test('calls an error what one way calls an error', () => {
    const bench = atWork();
    bench.hears('status-file', 'idle');
    assert.equal(bench.says('error'), 'error');
  });

  test('believes the screen only while nothing else has spoken', () => {
    const bench = new Bench();
    assert.equal(bench.shows('esc to interrupt'), 'working');
    assert.equal(bench.detector.verdict.isGuessed, true);
    bench.passes(SCREEN_LOOK_MS);
    assert.equal(bench.shows(IDLE), 'working', 'an idle screen must last');
    bench.passes(2 * SCREEN_LOOK_MS);
    assert.equal(bench.shows(IDLE), 'idle');
    bench.says('working');
    bench.hears('hooks', 'working');
    assert.equal(bench.detector.verdict.state.kind, 'working');
    assert.equal(bench.detector.lookEveryMs, undefined, 'nobody has to look any more');
  });

  test('sees a dialog that stands before the first hook', () => {
    const bench = new Bench();
    assert.equal(bench.claim({ source: 'title', state: idle, text: 'Ready' }), 'idle');
    assert.equal(bench.shows('Allow?'), 'waiting');
  });

  test('is over for good when the process is', () => {
    const bench = atWork();
    bench.detector.feed({ kind: 'exit', at: bench.now, code: null, signal: 'SIGKILL' });
    assert.equal(bench.says('working'), 'exited');
  });
});

const idle: ClaimedState = { kind: 'idle' };
