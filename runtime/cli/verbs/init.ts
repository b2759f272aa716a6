/** `niia init [FILE]` */
import { writeFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { err, ok } from '../../result.ts';
import { exitCodes } from '../exit-codes.ts';
import { failed } from '../failure.ts';
import { fileProblem } from '../file-problem.ts';
import type { Verb } from '../verb.ts';

/** Small enough to read at once; runs without any AI, so that the first `niia run` works everywhere. */
const template = {
  connector: '2.1',
  name: 'hello',
  task: 'Say what this repository is',
  models: { primary: 'shell', reviewer: { model: 'claude', fallback: 'shell' } },
  pipeline: {
    phases: [
      { name: 'look', workers: 2, prompt: 'echo "worker {worker} sees:"; ls' },
      { name: 'write', prompt: 'echo {task} > NOTES.md; echo "wrote NOTES.md"' },
    ],
  },
};

/** Writes a small connector file to start from. Never overwrites. */
export const verb: Verb = {
  spec: {
    name: 'init',
    usage: '[FILE]',
    description:
      'Writes a small connector file (default: connector.json) that runs everywhere. Never overwrites a file.',
    positionals: { min: 0, max: 1 },
    options: {},
  },
  run: async ({ args, cwd, terminal }) => {
    const file = resolve(cwd, args.positionals[0] ?? 'connector.json');
    const shown = relative(cwd, file);
    try {
      await writeFile(file, `${JSON.stringify(template, null, 2)}\n`, { flag: 'wx' });
    } catch (error) {
      const advice = isExisting(error)
        ? 'niia init OTHER.connector.json writes another file'
        : 'choose a folder you may write to';
      return err(failed(`cannot write "${shown}": ${fileProblem(error)}`, advice));
    }
    terminal.stdout.write(`${shown}\n`);
    terminal.stderr.write(`next: niia plan ${shown}, then niia run ${shown}\n`);
    return ok(exitCodes.succeeded);
  },
};

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
