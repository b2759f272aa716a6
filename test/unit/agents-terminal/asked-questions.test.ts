import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { askedQuestions, repliesTo } from '../../../runtime/agents/terminal/asked-questions.ts';
import { claudeTerminal } from '../../../runtime/agents/terminal/claude.ts';
import { geminiTerminal } from '../../../runtime/agents/terminal/gemini.ts';

const options = ['Alpha', 'Beta', 'Gamma'].map(label => ({ label, description: `Take ${label}.` }));
const one = { question: 'Which one?', options, multiSelect: false };
const many = { question: 'Which ones?', options, multiSelect: true };
const single = askedQuestions({ questions: [one] });
const multiple = askedQuestions({ questions: [many] });
const both = askedQuestions({ questions: [many, one] });

/** The keys that claude's dialog gets for an answer. */
function keysOf(questions: typeof single, text: string): readonly string[] | undefined {
  const replies = repliesTo(questions, text);
  return replies && claudeTerminal.answerKeys?.(questions, replies);
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

  test('is typed only into dialogs whose keys are known', () => {
    const keys = (questions: typeof single) =>
      geminiTerminal.answerKeys?.(questions, repliesTo(questions, '1') ?? []);
    assert.deepEqual([keys(single), keys(multiple), keys(both)], [['1'], undefined, undefined]);
    const long = askedQuestions({ questions: [{ ...one, options: Array(9).fill({ label: 'x' }) }] });
    assert.equal(keysOf(long, 'words'), undefined);
  });

  test('is not looked for in the input of another tool', () => {
    for (const input of [undefined, null, 'x', {}, { questions: [] }, { command: 'ls' }])
      assert.deepEqual(askedQuestions(input), []);
  });
});
