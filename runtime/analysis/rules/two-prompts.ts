import { atKey } from '../diagnostic.ts';
import { removeEntry } from '../edits.ts';
import type { Rule } from '../rule.ts';

/** Both `prompt` and `prompt_file`. */
export const twoPrompts: Rule = {
  code: 'two-prompts',
  severity: 'error',
  doc: '`prompt` and `prompt_file` stand side by side; only one can be the prompt.',
  fix: 'Removes one of the two.',
  *check({ outline }) {
    for (const owner of outline.owners) {
      const file = owner.member('prompt_file');
      const prompt = file && owner.member('prompt');
      if (!prompt || !file) continue;
      yield {
        ...atKey(file),
        message: 'There is a "prompt" already: keep one of "prompt" and "prompt_file".',
        related: [{ message: 'The prompt', range: prompt.keyRange ?? prompt.range }],
        fixes: [
          { title: 'Remove "prompt_file"', edits: [removeEntry(file)] },
          { title: 'Remove "prompt"', edits: [removeEntry(prompt)] },
        ],
      };
    }
  },
};
