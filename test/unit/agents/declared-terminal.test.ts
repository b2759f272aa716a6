import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { declaredAgentSchema } from '../../../runtime/agents/declared.ts';
import { Detector } from '../../../runtime/agents/terminal/detector.ts';
import type { ChannelRecord, TerminalCli } from '../../../runtime/agents/terminal/terminal-cli.ts';
import { terminalCliOf } from '../../../runtime/agents/terminal/terminal-clis.ts';
import { parseConfig } from '../../../runtime/config/config.ts';

const events = {
  args: ['--events', '{events_file}'],
  idle: [{ type: 'start' }, { type: 'interrupted' }],
  submitted: { type: 'prompt' },
  permission: { type: 'ask' },
  done: { type: 'turn', ok: true },
  answer: { path: 'said.text', where: { type: 'turn' } },
  error: 'error.message',
  conversation: 'session',
  output_tokens: 'used',
};

function declared(
  terminal: unknown,
  platform: NodeJS.Platform = 'linux',
  more = {},
): TerminalCli | undefined {
  const agent = declaredAgentSchema.parse({ command: ['my-cli', 'run'], terminal, ...more });
  return terminalCliOf({ adapter: 'mine', declared: agent }, platform);
}

function live(changes: object = {}, more = {}): TerminalCli {
  const cli = declared({ command: ['my-cli'], events: { ...events, ...changes } }, 'linux', more);
  assert.ok(cli !== undefined);
  return cli;
}

/** What an event of the file means, in short. */
function meaning(data: unknown, cli = live(), channel: ChannelRecord['channel'] = 'lines'): string {
  const { claims, facts, uses = [] } = cli.read({ channel, data });
  const states = claims.map(({ source, state, text }) => {
    const what = state.kind === 'waiting' ? ` for ${state.what}` : '';
    return `${source} ${state.kind}${what} (${text})`;
  });
  return [...states, ...[...facts, ...uses].map(fact => JSON.stringify(fact))].join(', ');
}

describe('the events of a declared CLI', () => {
  test('mean a state by the values that they have', () => {
    assert.equal(meaning({ type: 'start' }), 'events idle (type=start)');
    assert.equal(meaning({ type: 'prompt' }), 'events working (type=prompt), {"kind":"submitted"}');
    assert.equal(meaning({ type: 'ask' }), 'events waiting for permission (type=ask)');
    assert.equal(
      meaning({ type: 'turn', ok: true, said: { text: 'Yes.' } }),
      'events done (type=turn ok=true), {"kind":"answer","text":"Yes."}',
    );
    assert.equal(meaning({ type: 'turn', ok: false }), '');
  });

  test('that hold an error fail the turn, by the declared failures first', () => {
    const failures = [{ match: '^no more today', kind: 'quota' }];
    assert.equal(
      meaning({ type: 'turn', ok: true, error: { message: 'no more today' } }, live({}, { failures })),
      'events error (error: no more today), {"kind":"failure","message":"no more today","reason":{"kind":"unavailable","what":"quota"}}',
    );
  });

  test('tell conversation and figures, which are the turn’s unless a message is named', () => {
    assert.equal(
      meaning({ session: 's', used: 7 }),
      '{"kind":"conversation","id":"s"}, {"kind":"used","id":"the turn","usage":{"outputTokens":7}}',
    );
    assert.equal(
      meaning({ id: 3, used: 7 }, live({ message: 'id' })),
      '{"kind":"used","id":"3","usage":{"outputTokens":7}}',
    );
  });

  test('of another shape mean nothing', () => {
    for (const data of [null, 7, 'x', [], {}, { type: {} }]) assert.equal(meaning(data), '');
  });

  test('are looked for nowhere but on their own ways', () => {
    assert.equal(meaning({ type: 'prompt' }, live(), 'transcript'), '');
    assert.match(meaning({ type: 'prompt' }, live(), 'hooks'), /^hooks working/);
  });
});

describe('the live terminal of a declared CLI', () => {
  const place = { folder: '/run/s', cwd: '/work', env: {}, platform: 'linux' } as const;

  test('gets the place of its events where the declaration says', () => {
    const { args, files, channels } = live().setUp(place);
    assert.deepEqual(args, ['--events', '/run/s/events.jsonl']);
    assert.deepEqual(files, [{ path: '/run/s/events.jsonl', text: '' }]);
    assert.deepEqual(channels, [{ kind: 'lines', file: '/run/s/events.jsonl' }]);
  });

  test('may tell its events to a hook, where there is a POSIX shell', () => {
    const terminal = { command: ['my-cli'], events: { ...events, args: [], env: { ON_EVENT: '{hook}' } } };
    const { env, files, channels } = declared(terminal)?.setUp(place) ?? {};
    assert.deepEqual(env, { ON_EVENT: "sh '/run/s/hook.sh'" });
    assert.equal(files?.[0]?.path, '/run/s/hook.sh');
    assert.deepEqual(channels, [{ kind: 'hooks', dir: '/run/s/hooks' }]);
    assert.equal(declared(terminal, 'win32'), undefined);
  });

  test('is not driven where only its command line is declared', () => {
    assert.equal(declared(['my-cli']), undefined);
    assert.equal(declared(undefined), undefined);
  });

  test('of a built-in name is that of the declared CLI', () => {
    const agent = declaredAgentSchema.parse({ command: ['claude'] });
    assert.equal(terminalCliOf({ adapter: 'claude', declared: agent }, 'linux'), undefined);
    assert.equal(terminalCliOf({ adapter: 'claude' }, 'linux')?.name, 'claude');
  });

  test('is not over by its title while its events say that it works', () => {
    const cli = declared({ command: ['x'], events, titles: { working: '^\\*', idle: '^-' } });
    assert.ok(cli !== undefined);
    const detector = new Detector({ readTitle: cli.readTitle });
    const title = (at: number, text: string) =>
      detector.feed({ kind: 'output', at, bytes: Buffer.from(`\x1b]0;${text}\x07`) });
    const tell = (at: number, data: unknown) =>
      detector.feed({ kind: 'claims', at, claims: cli.read({ channel: 'lines', data }).claims });
    assert.equal(title(0, '- ready').state.kind, 'idle');
    tell(1, { type: 'prompt' });
    assert.equal(title(2, '- forged').state.kind, 'working');
    assert.equal(tell(3, { type: 'turn', ok: true }).state.kind, 'done');
  });

  test('calls for a person by the bell, until it goes on', () => {
    const cli = declared({ command: ['x'], events, notifications: { permission: '^(bell|May I)' } });
    assert.ok(cli !== undefined);
    const detector = new Detector(cli);
    const tell = (at: number, data: unknown) =>
      detector.feed({ kind: 'claims', at, claims: cli.read({ channel: 'lines', data }).claims });
    const print = (at: number, text: string) =>
      detector.feed({ kind: 'output', at, bytes: Buffer.from(text) }).state.kind;
    for (const [round, call] of [
      '\x07',
      '\x1b]9;May I?\x07',
      '\x1b]777;notify;May I?;Go on\x1b\\',
    ].entries()) {
      const at = round * 10;
      assert.equal(tell(at, { type: 'prompt' }).state.kind, 'working');
      assert.equal(print(at + 1, '\x1b]9;4;3\x07\x1b]9;May be\x07'), 'working');
      assert.equal(print(at + 2, call), 'waiting');
      assert.equal(tell(at + 3, { type: 'turn', ok: true }).state.kind, 'done');
    }
  });

  test('by its screen alone is a guess', () => {
    const cli = declared({ command: ['x'], events, screen: { idle: '^> ', working: 'esc to stop' } });
    assert.ok(cli?.screen !== undefined);
    const detector = new Detector({ screen: cli.screen });
    const { state, isGuessed } = detector.feed({ kind: 'screen', at: 0, text: '> \nesc to stop' });
    assert.deepEqual([state.kind, isGuessed], ['working', true]);
  });

  test('is spoken to by the keys that are declared', () => {
    const keys = { interrupt: 'ctrl+c', allow: 'enter', refuse: 'n' };
    const cli = declared({ command: ['x'], events, keys });
    assert.deepEqual([cli?.interruptKeys, cli?.consentKeys], ['\x03', { allow: '\r', refuse: 'n' }]);
    assert.deepEqual(live().consentKeys, { refuse: '\x1b' });
  });
});

describe('a mistake in a live terminal’s declaration', () => {
  const problem = (changes: object, terminal: object = {}): string => {
    const mine = {
      command: ['x'],
      terminal: { command: ['x'], events: { ...events, ...changes }, ...terminal },
    };
    const read = parseConfig(JSON.stringify({ agents: { mine } }), 'config.json');
    assert.ok(!read.ok);
    return read.failure.message;
  };

  test('is named with its place, though a terminal may be declared in two ways', () => {
    assert.match(problem({ done: undefined }), /^agents\.mine\.terminal\.events\.done: /);
    assert.match(problem({ doen: {} }), /^agents\.mine\.terminal\.events: .*"doen"/);
    assert.match(problem({ answer: 'text[0]' }), /^agents\.mine\.terminal\.events\.answer: a path has names/);
    assert.match(
      problem({ submitted: {} }),
      /^agents\.mine\.terminal\.events\.submitted: needs at least one/,
    );
    assert.match(
      problem({}, { keys: { allow: 'yes' } }),
      /^agents\.mine\.terminal\.keys\.allow: a key is "esc"/,
    );
    assert.match(
      problem({}, { titles: { idle: '(a+)+' } }),
      /^agents\.mine\.terminal\.titles\.idle: a repeated/,
    );
  });

  test('that leaves the CLI without a place for its events is one', () => {
    assert.match(problem({ args: ['--events'] }), /\{events_file\} or \{hook\}/);
  });
});
