import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { askedQuestions, repliesTo } from '../../../runtime/agents/terminal/asked-questions.ts';
import { claudeTerminal } from '../../../runtime/agents/terminal/claude.ts';
import { geminiTerminal } from '../../../runtime/agents/terminal/gemini.ts';
import { opencodeTerminal } from '../../../runtime/agents/terminal/opencode.ts';
import { qwenTerminal } from '../../../runtime/agents/terminal/qwen.ts';
import type { TerminalCli } from '../../../runtime/agents/terminal/terminal-cli.ts';

const options = ['Alpha', 'Beta', 'Gamma'].map(label => ({ label, description: `Take ${label}.` }));
const one = { question: 'Which one?', options, multiSelect: false };
const many = { question: 'Which ones?', options, multiSelect: true };
const single = askedQuestions({ questions: [one] });
const multiple = askedQuestions({ questions: [many] });
const both = askedQuestions({ questions: [many, one] });

/** The keys that a CLI's dialog gets for an answer. */
function keysOf(
  questions: typeof single,
  text: string,
  cli: TerminalCli = claudeTerminal,
): readonly string[] | undefined {
  const replies = repliesTo(questions, text);
  return replies && cli.answerKeys?.(questions, replies);
}

describe('an answer to a question of a model', () => {
  test('is a choice by number or name, or words after the number past the last', () => {
    assert.deepEqual(keysOf(single, ' 2 '), ['2']);
    assert.deepEqual(keysOf(single, 'GAMMA'), ['3']);
    assert.deepEqual(keysOf(single, 'none of\nthem'), ['4', 'none of them', '\r']);
    assert.deepEqual(keysOf(single, '7'), ['4', '7', '\r'], 'there is no choice 7');
  });

  test('is several choices only where that is possible', () => {
    assert.deepEqual(keysOf(multiple, '1, gamma'), ['1', '3', '\t', '\r']);
    assert.deepEqual(keysOf(single, '1, 3'), ['4', '1, 3', '\r']);
    assert.equal(keysOf(multiple, 'some words'), undefined, 'no keys are known for that');
  });

  test('has a part for each question, or none', () => {
    assert.deepEqual(keysOf(both, '2; 1'), ['2', '\t', '1', '\r']);
    assert.equal(keysOf(both, '2'), undefined);
    assert.equal(keysOf(both, '2;'), undefined);
    assert.equal(keysOf(single, ' '), undefined);
  });

  test('takes a choice once, however often it is named', () => {
    assert.deepEqual(keysOf(multiple, '2, beta, 1'), ['2', '1', '\t', '\r']);
  });

  test('is typed only into dialogs whose keys are known', () => {
    const long = askedQuestions({ questions: [{ ...one, options: Array(9).fill({ label: 'x' }) }] });
    for (const text of ['words', '2']) assert.equal(keysOf(long, text), undefined);
    assert.equal(keysOf([...single, ...long], '1; 2'), undefined);
  });

  test('is nothing but its words where there are no choices', () => {
    const open = askedQuestions({ questions: [{ question: 'What name?', type: 'text' }] });
    assert.deepEqual(keysOf(open, 'Ada', geminiTerminal), ['Ada', '\r']);
  });

  test('is one of two choices where gemini’s model wants a yes or no', () => {
    const whether = askedQuestions({ questions: [{ question: 'Go on?', type: 'yesno' }] });
    assert.deepEqual(keysOf(whether, 'no', geminiTerminal), ['2']);
    assert.deepEqual(keysOf(whether, 'not yet', geminiTerminal), ['3', 'not yet', '\r']);
  });

  test('takes gemini’s dialog on at the last of its rows, which is above the first', () => {
    const up = '\x1b[A';
    assert.deepEqual(keysOf(multiple, '3', geminiTerminal), ['3', up, up, up, '\r']);
    assert.deepEqual(keysOf(multiple, '1, 3', geminiTerminal), ['3', '1', up, '\r']);
    assert.deepEqual(keysOf(multiple, 'some words', geminiTerminal), ['5', 'some words', '\r']);
    assert.deepEqual(keysOf(both, '1; 2', geminiTerminal), ['1', up, '\r', '2', '\r']);
  });

  test('takes qwen’s choices by a space', () => {
    assert.deepEqual(keysOf(multiple, '1, 3', qwenTerminal), ['1', ' ', '3', ' ', '\r']);
    assert.deepEqual(keysOf(multiple, 'some words', qwenTerminal), ['4', 'some words', '\r']);
    assert.deepEqual(keysOf(both, '1; 2', qwenTerminal), ['1', ' ', '\r', '2', '\r']);
    assert.equal(keysOf(both, 'some words; 2', qwenTerminal), undefined, 'question 2 would be passed over');
  });

  test('goes on with opencode’s next question by Tab, and is sent from its review', () => {
    assert.deepEqual(keysOf(single, '2', opencodeTerminal), ['2']);
    assert.deepEqual(keysOf(multiple, '1, 3', opencodeTerminal), ['1', '3', '\t', '\r']);
    const words = ['4', 'some words', '\r', '\t', '\r'];
    assert.deepEqual(keysOf(multiple, 'some words', opencodeTerminal), words);
    assert.deepEqual(keysOf(both, '1; 2', opencodeTerminal), ['1', '\t', '2', '\r']);
  });

  test('is not looked for in the input of another tool', () => {
    for (const input of [undefined, null, 'x', {}, { questions: [] }, { command: 'ls' }])
      assert.deepEqual(askedQuestions(input), []);
  });
});
