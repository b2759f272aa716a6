import { atKey } from '../diagnostic.ts';
import { removeEntry } from '../edits.ts';
import { ownNode } from '../inheritance.ts';
import { member } from '../json-node.ts';
import type { Rule } from '../rule.ts';

/** Both `prompt` and `prompt_file`. */
export const twoPrompts: Rule = {
  code: 'two-prompts',
  severity: 'error',
  doc: '`prompt` and `prompt_file` stand side by side; only one can be the prompt.',
  fix: 'Removes one of the two.',
  *check({ outline }) {
    for (const phase of outline.phases) {
      for (const owner of [ownNode(phase), ...phase.members.map(worker => worker.node)]) {
        const [prompt, file] = [member(owner, 'prompt'), member(owner, 'prompt_file')];
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
    }
  },
};
