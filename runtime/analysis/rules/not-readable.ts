import type { Rule } from '../rule.ts';

/** The text is too large or too deeply nested to be read. */
export const notReadable: Rule = {
  code: 'not-readable',
  severity: 'error',
  doc: 'The file is so large, or nested so deeply, that it is no connector file; it is not read any further.',
  *check({ document: { refusal, text } }) {
    if (refusal?.kind === 'too_large') {
      const message = `The file has ${text.length} characters; at most ${refusal.maxCharacters} are read.`;
      yield { range: { start: 0, end: Math.min(1, text.length) }, path: [], message };
    } else if (refusal?.kind === 'too_deep') {
      const message = `Nested more than ${refusal.maxDepth} levels deep; nothing in a connector file needs that.`;
      yield { range: { start: refusal.offset, end: refusal.offset + 1 }, path: [], message };
    }
  },
};
