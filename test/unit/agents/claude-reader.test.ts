import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import type { TurnOutcome } from '../../../runtime/agents/adapter.ts';
import { recording, replay, request } from './claude-recordings.ts';

/** An outcome in one line. */
function line(outcome: TurnOutcome): string {
  if (outcome.kind === 'answered') return `answered: ${outcome.answer}`;
  const { reason, message } = outcome;
  const details = 'what' in reason ? `(${reason.what})` : 'code' in reason ? `(${reason.code})` : '';
  return `${reason.kind}${details}: ${message}`;
}

describe('what a recorded turn of claude comes to', () => {
  const cases: Readonly<Record<string, string>> = {
    answered: 'answered: All done. – ünï 🎉',
    resumed: 'answered: Second.',
    'edited-then-refused': 'answered: Edited, not tested.',
    'not-allowed': 'unavailable(auth): Failed to authenticate. API Error: 401 fake 401 authentication_error',
    'rate-limited':
      'unavailable(rate_limited): API Error: Request rejected (429) · fake 429 rate_limit_error',
    'server-error-then-answered': 'answered: fine',
    'bad-model':
      "bad_model: There's an issue with the selected model (nosuch-model). It may not exist or you may not have access to it. Run --model to pick a different model.",
    'out-of-credit': 'unavailable(quota): Credit balance is too low',
    'connection-cut':
      'unavailable(network): API Error: Connection dropped (ECONNRESET). Check the gateway set in ANTHROPIC_BASE_URL, then try again.',
    'not-logged-in': 'unavailable(auth): Not logged in · Please run /login',
    'unknown-conversation':
      'exit(1): No conversation found with session ID: 99999999-2222-4333-8444-555555555555',
    'conversation-in-use':
      'exit(1): Error: Session ID 11111111-2222-4333-8444-555555555555 is already in use.',
    interrupted: 'crashed: claude was interrupted',
  };
  for (const [name, expected] of Object.entries(cases)) {
    test(name, () => {
      assert.equal(line(replay(recording(name), request()).outcome), expected);
    });
  }

  test('a server error is an overload whatever its number', () => {
    for (const name of ['overloaded', 'server-error']) {
      const { outcome } = replay(recording(name), request());
      assert.match(line(outcome), /^unavailable\(overloaded\): API Error: 5\d\d /);
    }
  });

  test('a prompt that is too long is a full context, not an unavailable model', () => {
    assert.match(
      line(replay(recording('context-full'), request()).outcome),
      /^context_full: Prompt is too long/,
    );
  });
});

test('a rate limit says when it ends, counted from the time claude gave up', () => {
  const { outcome } = replay(recording('rate-limited'), request());
  assert.ok(outcome.kind === 'failed' && outcome.reason.kind === 'unavailable');
  const written = /"timestamp":"([^"]+)"/.exec(recording('rate-limited').output.toString());
  const until = Date.parse(outcome.reason.until ?? '') - Date.parse(written?.[1] ?? '');
  assert.ok(until >= 5000 && until < 10_000, `${until} ms after the last message`);
});

test('the reset time of a subscription plan is taken over as it is', () => {
  const event = {
    type: 'rate_limit_event',
    rate_limit_info: { status: 'rejected', resetsAt: 1_795_400_000 },
  };
  const { output, end } = recording('rate-limited');
  const withPlan = { output: Buffer.concat([Buffer.from(`${JSON.stringify(event)}\n`), output]), end };
  const { outcome } = replay(withPlan, request());
  assert.ok(outcome.kind === 'failed' && outcome.reason.kind === 'unavailable');
  assert.equal(outcome.reason.until, '2026-11-23T02:13:20.000Z');
});

describe('refused tools', () => {
  test('are told as they are refused, once each', () => {
    const { events } = replay(recording('refused'), request({ permission: 'ask' }));
    assert.deepEqual(
      events.filter(event => event.kind === 'denied'),
      [{ kind: 'denied', tool: 'Write' }],
    );
  });

  test('are told at the end by versions that do not tell them before', () => {
    const { output, end } = recording('refused');
    const older = output
      .toString()
      .split('\n')
      .filter(text => !text.includes('"subtype":"permission_denied"'));
    const { events } = replay({ output: Buffer.from(older.join('\n')), end }, request({ permission: 'ask' }));
    assert.deepEqual(
      events.filter(event => event.kind === 'denied'),
      [{ kind: 'denied', tool: 'Write' }],
    );
  });

  test('fail a turn that could do nothing without them', () => {
    const { outcome } = replay(recording('refused'), request({ permission: 'ask' }));
    assert.equal(line(outcome), 'permission_denied: permission "ask" does not allow Write: I could not.');
  });

  test('do not fail a turn that was to read only', () => {
    const { outcome } = replay(recording('refused-read-only'), request({ permission: 'read-only' }));
    assert.equal(line(outcome), 'answered: Read.');
  });
});

describe('usage', () => {
  const resultSchema = z.object({
    total_cost_usd: z.number(),
    usage: z.object({ input_tokens: z.number(), output_tokens: z.number() }),
  });
  const resultOf = (name: string) =>
    resultSchema.parse(JSON.parse(recording(name).output.toString().trim().split('\n').at(-1) ?? ''));
  const [first, second] = [resultOf('answered'), resultOf('resumed')];
  const resumed = { id: 'c', isNew: false };
  const spentBefore = { costUsd: first.total_cost_usd };
  const near = (actual: number | undefined, expected: number) =>
    assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 1e-9, `${actual}, not ${expected}`);

  test('of a first turn is all that claude reports', () => {
    const { usage } = replay(recording('answered'), request()).outcome;
    assert.deepEqual(usage, {
      inputTokens: first.usage.input_tokens,
      outputTokens: first.usage.output_tokens,
      cacheReadTokens: 200,
      cacheWriteTokens: 0,
      costUsd: first.total_cost_usd,
    });
  });

  test('of a later turn is its own, though claude reports the cost of the whole conversation', () => {
    const { usage } = replay(recording('resumed'), request({ conversation: resumed, spentBefore })).outcome;
    assert.equal(usage?.inputTokens, 500);
    near(usage?.costUsd, second.total_cost_usd - first.total_cost_usd);
  });

  const withoutOwnCost = () => {
    const { output, end } = recording('resumed');
    const text = output.toString().replaceAll('model_usage_since_last_result', 'not_in_this_version');
    return { output: Buffer.from(text), end };
  };

  test('of a version that tells only the conversation’s cost is the difference to what was spent before', () => {
    const { usage } = replay(withoutOwnCost(), request({ conversation: resumed, spentBefore })).outcome;
    near(usage?.costUsd, second.total_cost_usd - first.total_cost_usd);
  });

  test('leaves the cost unknown where nobody knows what was spent before', () => {
    const { usage } = replay(withoutOwnCost(), request({ conversation: resumed })).outcome;
    assert.equal(usage?.costUsd, undefined);
    assert.equal(usage?.inputTokens, 500);
  });
});

test('what the messages of a turn have used is told as they come, once for all parts of one', () => {
  const { events, outcome } = replay(recording('answered'), request());
  const told = events.flatMap(event => (event.kind === 'usage' ? event.usage.outputTokens : []));
  assert.ok(told.length > 0);
  assert.deepEqual(
    told,
    told.toSorted((a, b) => (a ?? 0) - (b ?? 0)),
  );
  assert.ok((told.at(-1) ?? 0) <= (outcome.usage?.outputTokens ?? 0));
});

test('a turn that used up its budget is limited, and no failure of the model', () => {
  const ended = { type: 'result', subtype: 'error_max_budget_usd', is_error: true, total_cost_usd: 0.02 };
  const output = Buffer.from(`${JSON.stringify(ended)}\n`);
  const { outcome } = replay({ output, end: { code: 1, signal: null, stderr: '' } }, request());
  assert.equal(outcome.kind === 'failed' && outcome.reason.kind, 'limited');
});

test('the transcript reads like a session, without control sequences', () => {
  const { events } = replay(recording('answered'), request());
  const text = events.map(event => (event.kind === 'transcript' ? event.text : '')).join('');
  assert.equal(
    text.replace(/[\d.]+ s /, 'N s '),
    [
      'claude 2.1.330 · claude-opus-5-5 · acceptEdits',
      '',
      'Working.',
      '',
      '● Write /recorded/project/b.txt',
      '  ⎿ File created successfully at: /recorded/project/b.txt (file state is current in your context — no need to Read it back)',
      '',
      'All done. – ünï 🎉',
      '',
      '✓ N s · 2 steps',
      '',
    ].join('\n'),
  );
});

test('a model cannot drive the terminal of the reader through the transcript', () => {
  const evil = '\u001b]0;title\u0007\u001b[2Jhello\u009b31m\r\nthere\u0008';
  const message = { type: 'assistant', message: { content: [{ type: 'text', text: evil }] } };
  const output = Buffer.from(`${JSON.stringify(message)}\n`);
  const { events } = replay({ output, end: { code: 0, signal: null, stderr: '' } }, request());
  assert.deepEqual(events[0], { kind: 'transcript', text: 'hello\nthere\n\n' });
});

test('retries are told with their number, cause and wait', () => {
  const { events } = replay(recording('server-error-then-answered'), request());
  const retry = events.find(event => event.kind === 'retrying');
  assert.deepEqual(
    { ...retry, delayMs: 0 },
    {
      kind: 'retrying',
      attempt: 1,
      message: 'server error (500)',
      delayMs: 0,
    },
  );
});

test('the first line says that claude is up, with its conversation and version', () => {
  const [first] = replay(recording('answered'), request()).events;
  assert.deepEqual(first, {
    kind: 'ready',
    conversation: '11111111-2222-4333-8444-555555555555',
    version: '2.1.330',
    model: 'claude-opus-5-5',
  });
});

describe('the pieces in which output arrives', () => {
  // Activity is a sign of life per piece, so it is the one event that may differ.
  const meaning = ({ events, outcome }: ReturnType<typeof replay>) => ({
    events: events.filter(event => event.kind !== 'activity'),
    outcome,
  });

  test('do not matter wherever it is cut in two, inside a character too', () => {
    const turn = recording('answered');
    const whole = meaning(replay(turn, request()));
    // The first line is long and plain; its middle is left out.
    for (let cut = 0; cut <= turn.output.length; cut += cut > 200 && cut < 2500 ? 97 : 1) {
      assert.deepEqual(meaning(replay(turn, request(), [cut])), whole, `cut at byte ${cut}`);
    }
  });

  test('do not matter however many they are', () => {
    const names = ['refused', 'rate-limited', 'resumed', 'edited-then-refused', 'server-error-then-answered'];
    const runs = fc.record({
      name: fc.constantFrom(...names),
      cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 60 }),
    });
    const holds = fc.property(runs, ({ name, cuts }) => {
      const turn = recording(name);
      const places = cuts.map(part => Math.round(part * turn.output.length)).sort((a, b) => a - b);
      assert.deepEqual(meaning(replay(turn, request(), places)), meaning(replay(turn, request())));
    });
    fc.assert(holds, { numRuns: Number(process.env.FUZZ_RUNS ?? 100), seed: 1 });
  });
});

describe('output that a newer or broken claude may print', () => {
  const end = { code: 0, signal: null, stderr: '' };

  test('of unknown types, or no JSON at all, is passed over', () => {
    const odd = [
      'not json',
      '42',
      'null',
      '[]',
      '{"type":"brand_new","message":7}',
      '{"type":"assistant","message":{"content":[1]}}',
    ];
    const { output } = recording('answered');
    const { outcome } = replay(
      { output: Buffer.concat([Buffer.from(`${odd.join('\n')}\n`), output]), end },
      request(),
    );
    assert.equal(line(outcome), 'answered: All done. – ünï 🎉');
  });

  test('never throws', () => {
    const value = fc.jsonValue();
    const lines = fc.array(
      fc.oneof(
        fc.string(),
        value.map(json => JSON.stringify(json)),
        fc
          .record({
            type: fc.constantFrom('system', 'assistant', 'user', 'result'),
            subtype: fc.oneof(fc.constantFrom('init', 'api_retry', 'permission_denied'), value),
            message: value,
            usage: value,
            result: value,
            permission_denials: value,
            model_usage_since_last_result: value,
          })
          .map(json => JSON.stringify(json)),
      ),
    );
    const holds = fc.property(lines, all => {
      replay({ output: Buffer.from(all.join('\n')), end }, request());
    });
    fc.assert(holds, { numRuns: Number(process.env.FUZZ_RUNS ?? 200), seed: 2 });
  });

  test('that ends without a result is no answer, even with exit code 0', () => {
    const { output } = recording('answered');
    const cut = output.lastIndexOf('\n', output.length - 2);
    const { outcome } = replay({ output: output.subarray(0, cut), end }, request());
    assert.equal(line(outcome), 'crashed: claude ended without a result');
  });

  test('of which a line is endless does not stay in memory', () => {
    const { output } = recording('answered');
    const huge = Buffer.alloc(70 * 1024 * 1024, 'x');
    const { outcome } = replay({ output: Buffer.concat([huge, Buffer.from('\n'), output]), end }, request());
    assert.equal(line(outcome), 'answered: All done. – ünï 🎉');
  });
});
