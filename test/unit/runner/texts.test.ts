import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { buildPreamble, type PreambleFacts } from '../../../runtime/runner/preamble.ts';
import {
  buildTurnText,
  expandPrompt,
  type PromptValues,
  quotePowerShell,
  quoteSh,
} from '../../../runtime/runner/prompt.ts';

const facts: PreambleFacts = {
  workflow: 'ship',
  phase: 'review',
  worker: 'tests',
  index: 2,
  of: 3,
  answers: [],
  steps: [],
  input: { kind: 'prompt' },
};

const values: PromptValues = {
  task: 'Add a flag',
  name: 'ship',
  phase: 'review',
  worker: 'tests',
  run: 'ship-1',
  vars: { colour: 'red' },
  answers: [
    { phase: 'research', worker: '1', text: 'one', file: '/a/1.md' },
    { phase: 'research', worker: '2', text: 'two\n', file: '/a/2.md' },
    { phase: 'plan', worker: '1', text: 'the plan', file: '/p/1.md' },
  ],
};

const ai = { isShellPrompt: false, hasPreamble: true, canResume: true, platform: 'linux' } as const;
const script = { isShellPrompt: true, hasPreamble: false, canResume: false, platform: 'linux' } as const;

describe('the preamble', () => {
  test('says where the worker stands and what it builds on', () => {
    const text = buildPreamble({
      ...facts,
      task: 'Add a flag',
      scratchpad: '/run/scratchpad',
      answers: [
        { phase: 'research', worker: '1', text: 'short\n', file: '/a/1.md' },
        { phase: 'research', worker: '2', text: 'ü'.repeat(2049), file: '/a/2.md' },
      ],
      steps: [{ step: 'lint', suggestions: ['run the fixer'], outputFile: '/s/lint.txt' }],
      flow: 'Be kind.',
    });
    assert.equal(
      text,
      [
        'You are worker 2 of 3 ("tests") in phase "review" of the workflow "ship".',
        'The task of the whole workflow:\nAdd a flag',
        'Scratchpad, a directory shared by all workers of this run: /run/scratchpad',
        'Answers of the phases before yours:',
        '### research / 1\nshort',
        '### research / 2\nLong (5 KB): read it in /a/2.md',
        'What the steps before you suggest:\n- lint: run the fixer (output: /s/lint.txt)',
        'Instructions for every agent:\nBe kind.',
      ].join('\n\n'),
    );
  });

  test('does not repeat a name that is only the number', () => {
    assert.equal(
      buildPreamble({ ...facts, worker: '2' }),
      'You are worker 2 of 3 in phase "review" of the workflow "ship".',
    );
  });

  test('tells who takes over where the work so far is', () => {
    const text = buildPreamble({ ...facts, input: { kind: 'takeover', from: 'claude (opus)' } });
    assert.match(text, /from another model \(claude \(opus\)\).*`git diff`/);
  });

  test('tells who takes over why, and the last that was seen', () => {
    const before = { message: 'API Error: 529', tail: 'I have written the parser.\n' };
    const text = buildPreamble({ ...facts, input: { kind: 'takeover', from: 'claude' }, before });
    assert.match(text, /became unavailable \(API Error: 529\)/);
    assert.match(text, /The last that was seen of it:\nI have written the parser\.$/);
  });
});

describe('a prompt', () => {
  test('gets its values; what is unknown stays as it is', () => {
    const text = expandPrompt('{task} in {colour}, {{not}} {unknown}: {answers.plan}', values, ai);
    assert.equal(text, 'Add a flag in red, {not}} {unknown}: the plan');
  });

  test('gets all answers of a phase under their names, or one of them', () => {
    assert.equal(expandPrompt('{answers.research}', values, ai), '## 1\n\none\n\n## 2\n\ntwo');
    assert.equal(expandPrompt('{answers.research.2}', values, ai), 'two\n');
  });

  test('follows the preamble', () => {
    const { prompt, context } = buildTurnText('Do {task}.', values, facts, ai);
    assert.equal(prompt, `${context}\n\nDo Add a flag.`);
  });

  test('of a conversation that goes on is only what was wrong with the last answer', () => {
    const misfit = { ...facts, input: { kind: 'misfit', errors: '- /a must be number' } } as const;
    const goingOn = buildTurnText('Do it.', values, misfit, ai).prompt;
    assert.ok(goingOn.includes('- /a must be number') && !goingOn.includes('Do it.'), goingOn);
    const anew = buildTurnText('Do it.', values, misfit, { ...ai, canResume: false }).prompt;
    assert.ok(anew.includes('- /a must be number') && anew.includes('Do it.'), anew);
  });
});

describe('a script', () => {
  test('has no preamble; its own braces are left alone', () => {
    const { prompt, context } = buildTurnText('echo ${HOME} {x,y} {task}', values, facts, script);
    assert.equal(prompt, "echo ${HOME} {x,y} 'Add a flag'");
    assert.match(context, /^You are worker 2/);
  });

  test('cannot be made to run a value, whatever stands in it', { skip: process.platform === 'win32' }, () => {
    const nasty = fc.array(fc.constantFrom("'", '"', '\\', '$(id)', '`id`', '\n', '*', ';', '{task}', ' '));
    const holds = fc.property(nasty, pieces => {
      const task = pieces.join('');
      const text = expandPrompt('printf %s {task}', { ...values, task }, script);
      assert.equal(spawnSync('sh', ['-e', '-c', text], { encoding: 'utf8' }).stdout, task);
    });
    fc.assert(holds, { seed: 4, numRuns: 30 });
  });

  test('quotes for its shell', () => {
    assert.equal(quoteSh("it's\0"), `'it'\\''s'`);
    assert.equal(quotePowerShell("it's ‘x’"), "'it''s ‘‘x’’'");
  });
});
