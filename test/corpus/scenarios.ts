/** What is recorded: scripts for the driver, played with every CLI that can. The prompt carries the model's answers. */
import type { Driver } from './driver.ts';

/** One thing to film. */
export interface Scenario {
  readonly name: string;
  readonly mode: 'full' | 'ask';
  /** Only these CLIs; absent = all. */
  readonly only?: readonly string[];
  /** The first dialogs are not answered beforehand. */
  readonly hasDialogs?: true;
  play(driver: Driver): Promise<void>;
}

const text = 'All done. I looked at everything and it is fine.';

/** All scenarios. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'normal',
    mode: 'full',
    async play(driver) {
      await driver.ready();
      await driver.turn('Say something.', [{ text }]);
    },
  },
  {
    name: 'several-turns',
    mode: 'full',
    async play(driver) {
      await driver.ready();
      await driver.turn('First.', [{ text }]);
      await driver.turn('Second.', [{ bash: 'echo two', say: 'I will look.' }, { text }]);
      await driver.turn('Third.', [{ text }]);
    },
  },
  {
    name: 'tools',
    mode: 'full',
    async play(driver) {
      await driver.ready();
      await driver.turn('Use tools.', [
        { bash: 'echo one > one.txt', say: 'I begin.' },
        // Nothing is printed while it runs.
        { bash: 'timeout 7 tail -f /dev/null; echo waited' },
        { write: { path: driver.file('two.txt'), content: 'two\n' } },
        { text },
      ]);
    },
  },
  {
    name: 'slow-model',
    mode: 'full',
    async play(driver) {
      await driver.ready();
      // Silence before the first word, then words with pauses longer than most quiet-screen rules.
      await driver.turn('Take your time.', [{ text, delayMs: 6000, chunkMs: 2500 }]);
    },
  },
  {
    name: 'permission',
    mode: 'ask',
    async play(driver) {
      await driver.ready();
      await driver.asked('Touch a file.', [driver.commandToAllow('touch made.txt'), { text }]);
      await driver.allow();
    },
  },
  {
    name: 'permission-refused',
    mode: 'ask',
    async play(driver) {
      await driver.ready();
      await driver.asked('Touch a file.', [driver.commandToAllow('touch made.txt'), { text }]);
      await driver.refuse();
    },
  },
  {
    name: 'question',
    mode: 'full',
    only: ['claude', 'gemini', 'opencode', 'copilot', 'qwen'],
    async play(driver) {
      await driver.ready();
      await driver.asked('Ask me.', [driver.question('Which one?', ['A', 'B']), { text }]);
      await driver.allow();
    },
  },
  {
    name: 'background',
    mode: 'full',
    only: ['claude', 'copilot'],
    async play(driver) {
      await driver.ready();
      await driver.turn(
        'Sleep in the background.',
        [driver.inBackground('sleep 5; echo slept'), { text: 'Started it.' }],
        {
          // The end of the task starts a turn by itself.
          rounds: 3,
        },
      );
    },
  },
  {
    name: 'interrupted',
    mode: 'full',
    async play(driver) {
      await driver.ready();
      await driver.submit('Hang.', [{ text: text.repeat(20), chunkMs: 1000 }]);
      await driver.film(4000);
      driver.interrupt();
      await driver.film(4000);
    },
  },
  {
    name: 'interrupted-tool',
    mode: 'full',
    async play(driver) {
      await driver.ready();
      await driver.submit('Sleep.', [{ bash: 'tail -f /dev/null' }, { text }]);
      await driver.film(5000);
      driver.interrupt();
      await driver.film(4000);
    },
  },
  {
    name: 'refused-request',
    mode: 'full',
    async play(driver) {
      await driver.ready();
      await driver.turn('Fail.', [{ error: 400, message: 'fake: this request cannot be served' }]);
    },
  },
  {
    name: 'retry',
    mode: 'full',
    async play(driver) {
      await driver.ready();
      await driver.turn('Fail twice.', [{ error: 500, times: 2 }, { text }], { failures: 2 });
    },
  },
  {
    name: 'dialogs',
    mode: 'ask',
    only: ['claude', 'gemini', 'copilot'],
    hasDialogs: true,
    async play(driver) {
      await driver.dialog();
    },
  },
  {
    name: 'crash',
    mode: 'full',
    async play(driver) {
      await driver.ready();
      await driver.submit('Hang.', [{ text: text.repeat(20), chunkMs: 1000 }]);
      await driver.film(3000);
      driver.crash();
      await driver.film(2000);
    },
  },
];
