/** `npm run fuzz:lsp [-- --edits 10000] [--seed N]`: random edits over connector files, every feature after each. */
import { parseArgs } from 'node:util';
import { fuzzServer } from './fuzz.ts';

const { values } = parseArgs({
  options: { edits: { type: 'string', default: '10000' }, seed: { type: 'string' } },
});
const edits = Number(values.edits);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
/** Mean length of a sequence. */
const stepsEach = 15;

console.error(`about ${edits} edits, seed ${seed}`);
const started = performance.now();
const tried = await fuzzServer({
  sequences: Math.ceil(edits / stepsEach),
  seed,
  onProgress: steps => {
    if (steps % 500 === 0) console.error(`${steps} edits`);
  },
});
console.log(`${tried} edits in ${((performance.now() - started) / 1000).toFixed(0)} s: no differences`);
