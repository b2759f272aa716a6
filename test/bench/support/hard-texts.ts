/** Texts that nobody writes, but editors open: each must get an answer or a clean refusal within a second. */
import { benchFiles } from './lsp-files.ts';

/** A text by what is hard about it. */
export interface HardText {
  readonly name: string;
  readonly text: string;
}

const large = benchFiles.find(({ name }) => name === '2 MB')?.text ?? '';
const middle = large.indexOf('"name": "phase-', Math.floor(large.length / 2));

/** The hard texts. */
export const hardTexts: readonly HardText[] = [
  { name: 'a file of 5 MB', text: `${large}${large}${large}`.slice(0, 5_000_000) },
  { name: '10,000 levels', text: '{"models":['.repeat(5000) },
  {
    name: 'conflict markers in a file of 2 MB',
    text: `${large.slice(0, middle)}<<<<<<< ours\n"model": "a",\n=======\n"model": "b",\n>>>>>>> theirs\n${large.slice(middle)}`,
  },
];
