import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AgentState, Verdict } from '../../../runtime/agents/terminal/detector.ts';
import type { TurnFact } from '../../../runtime/agents/terminal/terminal-cli.ts';
import { terminalCliFor } from '../../../runtime/agents/terminal/terminal-clis.ts';
import { askedIn } from '../../../runtime/runner/asked.ts';
import { StateTeller } from '../../../runtime/runner/state-teller.ts';
import { readCorpus } from '../../corpus/recording.ts';
import { eventually } from '../../support/wait.ts';

const waiting = { kind: 'waiting', what: 'permission' } as const;
const silent: Verdict = { state: waiting, since: 0, evidence: [], isGuessed: false };
const call = (text: string): TurnFact => ({ kind: 'asked', questions: [], call: text });

/** CLIs whose recordings tell what is asked. */
const told = ['claude', 'codex', 'gemini', 'qwen', 'copilot'];

describe('what a waiting terminal asks', () => {
  for (const { cli, scenario, events } of readCorpus()) {
    if (!['permission', 'question'].includes(scenario) || !told.includes(cli)) continue;
    test(`is the command or the question itself, as ${cli} tells of a ${scenario}`, () => {
      const found = terminalCliFor(cli, 'linux');
      const facts = events.flatMap(event =>
        event.kind === 'record' && found !== undefined ? found.read(event.record).facts : [],
      );
      const { text, choices } = askedIn(facts, silent);
      if (scenario === 'permission') assert.match(text, /^\w+: touch made\.txt$/);
      else assert.deepEqual({ text, choices }, { text: 'Which one? (1 A · 2 B)', choices: ['A', 'B'] });
    });
  }

  test('is every call that waits, in their order', () => {
    assert.equal(askedIn([call('a'), call('b')], silent).text, 'a; then b');
  });

  test('is told by who says that it waits, where nobody tells what for', () => {
    const evidence = [
      { source: 'hooks', state: { kind: 'working' }, text: 'UserPromptSubmit', at: 0 },
      { source: 'program-status', state: waiting, text: 'blocked: approve Bash', at: 0 },
    ] as const;
    assert.equal(askedIn([], { ...silent, evidence }).text, 'approve Bash');
  });
});

/** A terminal whose state and facts a test sets. */
class SetTerminal {
  readonly facts: TurnFact[] = [];
  verdict: Verdict = silent;
  readonly #looks = new Set<() => void>();

  set(state: AgentState, ...facts: readonly TurnFact[]): void {
    const evidence = [{ source: 'hooks', state: { kind: 'working' }, text: 'a hook', at: 0 }] as const;
    this.facts.push(...facts);
    this.verdict = { state, since: 0, evidence, isGuessed: false };
    for (const look of [...this.#looks]) look();
  }

  /** Time that is given is over at once. */
  waitFor(probe: () => boolean, timeoutMs?: number): Promise<'met' | 'late'> {
    if (probe()) return Promise.resolve('met');
    if (timeoutMs !== undefined) return new Promise(resolve => setImmediate(() => resolve('late')));
    return new Promise(resolve => {
      const look = (): void => {
        if (!probe()) return;
        this.#looks.delete(look);
        resolve('met');
      };
      this.#looks.add(look);
    });
  }
}

test('a person is told of each request once, and of the next one though the terminal never says that it goes on', async () => {
  const terminal = new SetTerminal();
  const told: string[] = [];
  using _teller = new StateTeller(terminal, {
    signal: new AbortController().signal,
    onEvent: event => {
      if (event.kind === 'state') told.push('text' in event ? event.text : event.state);
    },
  });
  const until = (count: number) =>
    eventually(() => told.length >= count, { what: `${count} words`, seen: () => told });
  terminal.set({ kind: 'working' });
  await until(1);
  terminal.set(waiting, call('first'));
  await until(2);
  terminal.set(waiting, call('second'));
  await until(3);
  terminal.set({ kind: 'working' });
  await until(4);
  terminal.set(waiting, call('third'));
  await until(5);
  assert.deepEqual(told, ['working', 'first', 'first; then second', 'working', 'third']);
});
