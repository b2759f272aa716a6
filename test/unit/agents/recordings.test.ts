/**
 * What the adapters make of output recorded from the real CLIs (test/agents/record-clis.ts). The outcomes stand in
 * test/fixtures/agents/outcomes.txt; UPDATE_GOLDEN=1 accepts what comes out.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import * as z from 'zod';
import type { AgentEvent, TurnOutcome, TurnRequest, Usage } from '../../../runtime/agents/adapter.ts';
import { adapterFor } from '../../../runtime/agents/registry.ts';
import { request } from './claude-recordings.ts';

const fixtures = new URL('../../fixtures/agents/', import.meta.url);
const golden = new URL('outcomes.txt', fixtures);
/** Claude has tests of its own. */
const clis = ['codex', 'gemini', 'opencode', 'copilot', 'qwen', 'pi', 'cline'];

const endSchema = z.object({
  code: z.number().nullable(),
  signal: z.string().nullable(),
  at: z.string(),
  stderr: z.string(),
  report: z.string().optional(),
});

interface Replayed {
  readonly events: readonly AgentEvent[];
  readonly outcome: TurnOutcome;
}

function replay(
  cli: string,
  name: string,
  changes: Partial<TurnRequest> = {},
  cuts: readonly number[] = [],
): Replayed {
  const adapter = adapterFor(cli);
  assert.ok(adapter !== undefined);
  const file = (ending: string) => new URL(`${cli}/${name}.${ending}`, fixtures);
  const end = endSchema.parse(JSON.parse(readFileSync(file('json'), 'utf8')));
  const output = readFileSync(file('ndjson'));
  const reader = adapter.createReader(request(changes));
  const decoder = new TextDecoder();
  const bounds = [0, ...cuts, output.length];
  const events = bounds
    .slice(1)
    .flatMap((to, index) =>
      reader.feed(decoder.decode(output.subarray(bounds[index] ?? 0, to), { stream: true })),
    );
  return { events, outcome: reader.end(end, end.stderr, end.report) };
}

function scenariosOf(cli: string): readonly string[] {
  const names = readdirSync(new URL(`${cli}/`, fixtures)).filter(name => name.endsWith('.json'));
  return names.map(name => name.replace('.json', '')).sort();
}

/** The request that the scenario was recorded with, as far as a reader cares. */
function requestOf(name: string, spentBefore: Usage | undefined): Partial<TurnRequest> {
  if (name === 'refused') return { permission: 'ask' };
  if (name !== 'resumed') return {};
  return {
    conversation: { id: 'c', isNew: false },
    ...(spentBefore === undefined ? {} : { spentBefore }),
  };
}

function lineOf({ outcome }: Replayed): string {
  const { usage } = outcome;
  const tokens = usage === undefined ? '' : ` [${usageText(usage)}]`;
  if (outcome.kind === 'answered') return `answered: ${outcome.answer}${tokens}`;
  const { reason } = outcome;
  const what = reason.kind === 'unavailable' ? `unavailable(${reason.what})` : reason.kind;
  const until = reason.kind === 'unavailable' && reason.until !== undefined ? ' until a time' : '';
  return `${what}${until}: ${outcome.message}`;
}

function usageText({ inputTokens, outputTokens, cacheReadTokens, costUsd }: Usage): string {
  const cost = costUsd === undefined ? '' : `, $${costUsd.toFixed(6)}`;
  return `${inputTokens ?? '?'} in, ${outputTokens ?? '?'} out, ${cacheReadTokens ?? '?'} from cache${cost}`;
}

test('each recorded turn comes to the outcome that is written down', () => {
  const lines = clis.flatMap(cli => {
    const spentBefore = replay(cli, 'answered').outcome.usage;
    return scenariosOf(cli).map(
      name => `${cli} ${name}: ${lineOf(replay(cli, name, requestOf(name, spentBefore)))}\n`,
    );
  });
  const actual = lines.join('');
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, actual);
  assert.equal(actual, existsSync(golden) ? readFileSync(golden, 'utf8') : '');
});

for (const cli of clis) {
  describe(cli, () => {
    test('answers, says that it is up, what it does and what it used', () => {
      const { events, outcome } = replay(cli, 'answered');
      assert.ok(outcome.kind === 'answered', JSON.stringify(outcome));
      assert.equal(outcome.answer, 'All done. – ünï 🎉');
      assert.ok((outcome.usage?.outputTokens ?? 0) >= 50, JSON.stringify(outcome.usage));
      assert.equal(events.filter(event => event.kind === 'ready').length, 1);
      const text = events.map(event => (event.kind === 'transcript' ? event.text : '')).join('');
      assert.match(text, /Working\.[\s\S]*● [\s\S]*echo one[\s\S]*All done\. – ünï 🎉/);
    });

    test('is understood the same wherever its output is cut', () => {
      const size = readFileSync(new URL(`${cli}/answered.ndjson`, fixtures)).length;
      const meaning = ({ events, outcome }: Replayed) => ({
        events: events.filter(event => event.kind !== 'activity'),
        outcome,
      });
      const whole = meaning(replay(cli, 'answered'));
      const step = Math.max(1, Math.floor(size / 150));
      for (let cut = 0; cut <= size; cut += step) {
        assert.deepEqual(meaning(replay(cli, 'answered', {}, [cut])), whole, `cut at byte ${cut}`);
      }
    });

    test('that is killed without a word has crashed, whatever code it leaves', () => {
      const reader = adapterFor(cli)?.createReader(request());
      const outcome = reader?.end({ code: 0, signal: null }, '');
      assert.ok(outcome?.kind === 'failed' && outcome.reason.kind === 'crashed', JSON.stringify(outcome));
    });

    test('may print lines that nobody knows', () => {
      const reader = adapterFor(cli)?.createReader(request());
      const odd = [
        '42',
        'null',
        '[]',
        '"x"',
        '{"type":7}',
        '{"type":"message","content":{"a":1}}',
        'no json',
      ];
      assert.doesNotThrow(() => reader?.feed(`${odd.join('\n')}\n`));
      assert.equal(reader?.end({ code: 1, signal: null }, 'boom').kind, 'failed');
    });
  });
}
