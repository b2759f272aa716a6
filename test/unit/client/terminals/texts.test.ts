import assert from 'node:assert/strict';
import { test } from 'node:test';
import headless from '@xterm/headless';
import { answerQueries, LIGHT } from '../../../../client/terminals/answer-queries.ts';
import { type FileLink, findFileLinks } from '../../../../client/terminals/file-links.ts';
import { readOpenTabs } from '../../../../client/terminals/open-tabs.ts';
import { ownLine } from '../../../../client/terminals/terminal-text.ts';
import { withoutQueries } from '../../../../client/terminals/without-queries.ts';
import {
  attemptOf,
  exitText,
  sessionTitle,
  terminalIcon,
  terminalName,
} from '../../../../client/terminals/worker-names.ts';

/** The line with its links in «», and where each leads. */
function rendered(line: string): readonly [string, ...string[]] {
  const links = findFileLinks(line);
  let marked = '';
  let end = 0;
  for (const { start, length } of links) {
    marked += `${line.slice(end, start)}«${line.slice(start, start + length)}»`;
    end = start + length;
  }
  return [marked + line.slice(end), ...links.map(target)];
}

function target({ path, line, column }: FileLink): string {
  return [path, line, column].filter(part => part !== undefined).join(' ');
}

const lines: readonly (readonly [string, ...string[]])[] = [
  ['«src/a.ts:12:5» - error TS2322', 'src/a.ts 12 5'],
  ['error in «src\\a.cs(12,5)»: x', 'src\\a.cs 12 5'],
  ['    at run (file:///x) («/repo/b.js:3:7»)', '/repo/b.js 3 7'],
  ['  «File "pkg/mod.py", line 40», in f', 'pkg/mod.py 40'],
  ['«./x/y.go:9»: undefined', './x/y.go 9'],
  ['«C:\\work\\a.rs:4:1»', 'C:\\work\\a.rs 4 1'],
  ['M  «src/new-file.test.ts»', 'src/new-file.test.ts'],
  ['«a.ts:1» and «b.ts:2:3»', 'a.ts 1', 'b.ts 2 3'],
  ['see https://example.com/a.html:80 for more'],
  ['node v20.11.1 took 3.5s, e.g. fine'],
  ['mail a@b.com at 12:30'],
];
for (const [marked, ...targets] of lines) {
  test(`files are found in a line: ${marked}`, () => {
    assert.deepEqual(rendered(marked.replace(/[«»]/g, '')), [marked, ...targets]);
  });
}

test('a line of any length is searched in no time, and very long ones not at all', () => {
  assert.deepEqual(findFileLinks(`${'a/'.repeat(900)}b.ts:1`).length, 1);
  assert.deepEqual(findFileLinks(`${'a.'.repeat(990)}`), []);
  assert.deepEqual(findFileLinks(`${'x'.repeat(5000)} a.ts:1`), []);
});

const asked = [
  '\u001b[c',
  '\u001b[>0c',
  '\u001b[6n',
  '\u001b[?6n',
  '\u001b[?2026$p',
  '\u001b[>0q',
  '\u001b[18t',
  '\u001b]11;?\u0007',
  '\u001b]4;1;?\u001b\\',
  '\u001bP$qm\u001b\\',
];
test('questions of a program are taken out of output, whatever stands around them', () => {
  for (const query of asked) assert.equal(withoutQueries(`a${query}b`), 'ab', JSON.stringify(query));
});

test('what a program asks its terminal is answered at once, and not shown to the window', () => {
  const asked = '\u001b[?u\u001b]11;?\u001b\\\u001b[>q\u001b[c';
  const { shown, typed } = answerQueries(`a${asked}b\u001b[6nc`, LIGHT);
  assert.equal(shown, 'ab\u001b[6nc', 'where the cursor is, the window knows');
  assert.equal(typed, '\u001b]11;rgb:f8f8/f8f8/f8f8\u001b\\\u001b[?1;2c');
});

test('everything else in output stays as it is', () => {
  const output = [
    '\u001b[31mred\u001b[0m',
    '\u001b[2 q',
    '\u001b[?25l\u001b[?1049h',
    '\u001b[>4;2m\u001b[>4n',
    '\u001b]0;is it?\u0007',
    '\u001b]8;;https://x/?a\u0007link\u001b]8;;\u0007',
    '\u001b[3t\u001b[22;0t',
    'why?',
  ].join('');
  assert.equal(withoutQueries(output), output);
});

test('the name of a terminal begins with what tells its worker from the others, then says how it is', () => {
  const red = { key: 'review/red', id: 'red', phase: 'review', label: 'claude', state: 'working' } as const;
  const first = { key: 'test/1', id: '1', phase: 'test', state: 'queued' } as const;
  assert.deepEqual(
    [
      terminalName(red),
      terminalName({ ...red, state: 'waiting' }),
      terminalName({ ...red, state: 'parked' }),
      terminalName({ ...red, state: 'succeeded' }),
      terminalName(first),
      terminalName({ ...first, state: 'failed', label: 'codex' }),
    ],
    [
      'red ● review · claude',
      'red ? waits for you · review · claude',
      'red ‖ parked · review · claude',
      'red ✓ review · claude',
      'test/1 ·',
      'test/1 ✗ codex',
    ],
  );
  assert.match(
    terminalName({ ...red, state: 'parked', parkedUntil: '2026-11-22T14:05:09.000Z' }),
    /^red ‖ parked until \d\d:05 · /,
  );
});

test('the line between two sessions says what the next one is for', () => {
  const turn = { turn: 2, label: 'codex', route: 0, startedAt: '', session: 'r.review.w1.a2.t2' };
  const worker = { attempts: [{ attempt: 2, startedAt: '', turns: [turn], steps: [] }] };
  assert.deepEqual(
    ['r.review.w1.a1.setup', 'r.review.w1.a1.step-unit-tests-0123abcd', turn.session, 'r.x.a1.t3', 'odd'].map(
      session => sessionTitle(session, worker),
    ),
    ['setup', 'step unit-tests', 'turn 2 codex, attempt 2', 'turn 3', 'turn ?'],
  );
  assert.deepEqual(['r.w1.a12.t2', 'odd'].map(attemptOf), [12, 0]);
});

test('the line under a session says how it ended, and what could not be ended', () => {
  const exit = {
    code: null,
    signal: 'SIGTERM',
    end: 0,
    stdoutBytes: 0,
    stderrBytes: 0,
    leftovers: 0,
    endedAt: '',
  };
  const survivors = [{ pid: 7, command: 'x', reason: 'y' }];
  assert.equal(exitText({ ...exit, survivors: [] }), 'ended by SIGTERM');
  assert.equal(exitText({ ...exit, survivors }), 'ended by SIGTERM; processes that could not be ended: 7');
});

test('our own lines carry no control over the terminal from texts of others', () => {
  assert.match(ownLine('failed:\u001b[2J\nbad\u202e'), /── failed: \[2J bad ──/);
});

test('a line of our own stands in the place of what a program has left below its cursor', async () => {
  const terminal = new headless.Terminal({ cols: 40, rows: 6, allowProposedApi: true });
  const text = `answer\r\n> prompt\r\nfooter\r\nstatus\u001b[2A${ownLine('exit code 0')}`;
  await new Promise<void>(resolve => terminal.write(text, resolve));
  const lines = [0, 1, 2, 3].map(row => terminal.buffer.active.getLine(row)?.translateToString(true));
  assert.deepEqual(lines, ['answer', '> prompt', '── exit code 0 ──', '']);
  terminal.dispose();
});

test('each CLI has an icon of its own, and an unknown one has one too', () => {
  const known = ['claude', 'codex', 'gemini', 'opencode', 'copilot', 'qwen', 'ollama', 'aider', 'shell'];
  const ids = known.map(adapter => terminalIcon(adapter).id);
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(terminalIcon('my-cli').id, 'robot');
  assert.deepEqual(terminalIcon(undefined), terminalIcon('shell'));
});

test('tabs that were stored by anybody are read as far as they are tabs', () => {
  const tab = { run: 'r', worker: 'a/1', group: 2 };
  assert.deepEqual(readOpenTabs([tab, null, 5, { run: 'r' }, { run: 'r', worker: 'a/2', group: 'x' }]), [
    tab,
    { run: 'r', worker: 'a/2' },
  ]);
  assert.deepEqual(readOpenTabs({ tabs: [] }), []);
});
