import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { copilotTerminal } from '../../../runtime/agents/terminal/copilot.ts';
import { StartDialogAnswer } from '../../../runtime/runner/start-dialog.ts';
import { readCorpus } from '../../corpus/recording.ts';
import { screensOf } from '../../corpus/screens.ts';

/** What a terminal shows of copilot's question about a folder. */
async function recordedScreen(): Promise<{ readonly screen: string; readonly cwd: string }> {
  const recording = readCorpus().find(({ cli, scenario }) => cli === 'copilot' && scenario === 'dialogs');
  assert.ok(recording !== undefined);
  const screen = (await screensOf(recording)).at(-1)?.text ?? '';
  const [cwd] = /\/recorded\/\S+/.exec(screen) ?? [];
  assert.ok(cwd !== undefined, screen);
  return { screen, cwd };
}

/** The answer for a working directory, and what it has typed. */
function answerIn(cwd: string): { readonly answer: StartDialogAnswer; readonly typed: readonly string[] } {
  const dialog = copilotTerminal.startDialog?.({ folder: '/f', cwd, env: {}, platform: 'linux' });
  assert.ok(dialog !== undefined);
  const typed: string[] = [];
  return { answer: new StartDialogAnswer(dialog, keys => typed.push(keys)), typed };
}

describe('the dialog that a CLI begins with', () => {
  test('is answered once, when it has stood for a moment', async () => {
    const { screen, cwd } = await recordedScreen();
    const { answer, typed } = answerIn(cwd);
    assert.equal(answer.takes(screen, 0), true);
    assert.deepEqual(typed, []);
    assert.equal(answer.takes(screen, 1000), true);
    assert.equal(answer.takes(screen, 1250), true);
    assert.deepEqual(typed, ['1']);
  });

  test('is a person’s where the answer has no effect', async () => {
    const { screen, cwd } = await recordedScreen();
    const { answer, typed } = answerIn(cwd);
    for (const at of [0, 1000, 5000]) assert.equal(answer.takes(screen, at), true);
    assert.equal(answer.takes(screen, 6000), false);
    assert.deepEqual(typed, ['1']);
  });

  test('is not answered where it asks about another folder, asks otherwise, or has another choice marked', async () => {
    const { screen, cwd } = await recordedScreen();
    const others = [
      screen.replace(cwd, '/etc'),
      screen.replace('read files', 'read and send files'),
      screen.replace('2. Yes, and remember', '2. Always, and remember'),
      screen.replace('❯ 1. Yes', '  1. Yes'),
      '',
    ];
    for (const other of others) {
      const { answer, typed } = answerIn(cwd);
      assert.equal(answer.takes(other, 0), false);
      assert.equal(answer.takes(other, 2000), false);
      assert.deepEqual(typed, []);
    }
  });

  test('is known in a terminal of any width', async () => {
    const { screen, cwd } = await recordedScreen();
    const narrow = screen
      .replace('you trust the', 'you trust │\n│ the')
      .replace(cwd, `${cwd.slice(0, 9)} │ │\n│ │ ${cwd.slice(9)}`);
    const { answer } = answerIn(cwd);
    assert.equal(answer.takes(narrow, 0), true);
  });
});
