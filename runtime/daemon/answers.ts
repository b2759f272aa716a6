/** Answers of workers as files: in the run directory always, in the scratchpad too when it is on (spec §5.4). */
import { cp, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunState, workerOf } from '../engine/state.ts';
import type { Plan } from '../plan/plan.ts';
import type { EarlierAnswer } from '../runner/preamble.ts';
import { answerFileOf } from './plan-names.ts';
import type { RunDir } from './run-dir.ts';
import { readIfThere, writeWhole } from './run-dir.ts';

/** Longest first line that views show, in characters. */
const MAX_SUMMARY = 200;
/** Most of an answer that is read back to be handed on. Longer ones are named by their path anyway. */
const MAX_READ_BYTES = 1024 * 1024;

/** An answer taken over from an earlier run (`--phase`, `--from`). */
export interface InheritedAnswer {
  readonly phase: string;
  readonly worker: string;
  /** Relative to the run directory. */
  readonly file: string;
}

/** Writes an answer where it belongs. Returns its file, relative to the run directory. Throws system errors. */
export async function writeAnswer(dir: RunDir, plan: Plan, worker: string, answer: string): Promise<string> {
  const file = answerFileOf(plan, worker);
  await writeWhole(join(dir.root, file), answer);
  if (plan.scratchpad) await writeWhole(join(dir.scratchpad, file), answer);
  return file;
}

/** First line of an answer that says something, shortened. */
export function summarize(answer: string): string {
  const line =
    answer
      .split('\n')
      .find(text => text.trim() !== '')
      ?.trim() ?? '';
  return line.length > MAX_SUMMARY ? `${line.slice(0, MAX_SUMMARY - 1)}…` : line;
}

/** Answers of phases that have ended, in the order of the plan, inherited ones first. `phases`: only these. */
export async function readAnswers(
  dir: RunDir,
  plan: Plan,
  state: RunState,
  phases: ReadonlySet<string> | 'all',
): Promise<readonly EarlierAnswer[]> {
  const isWanted = (phase: string): boolean => phases === 'all' || phases.has(phase);
  const inherited = (await readInherited(dir)).filter(({ phase }) => isWanted(phase));
  const own = plan.phases
    .filter(({ name }) => isWanted(name))
    .flatMap(phase => answersOf(plan, state, phase.name));
  return Promise.all([...inherited, ...own].map(answer => readAnswer(dir, answer)));
}

/** Copies answers of an earlier run's phases into a new run, and notes whose they are. */
export async function inheritAnswers(
  from: { readonly dir: RunDir; readonly plan: Plan; readonly state: RunState },
  to: RunDir,
  phases: readonly string[],
  hasScratchpad: boolean,
): Promise<void> {
  const earlier = await readInherited(from.dir);
  const answers = phases.flatMap(phase => {
    const own = answersOf(from.plan, from.state, phase);
    return own.length > 0 ? own : earlier.filter(answer => answer.phase === phase);
  });
  for (const { file } of answers) {
    await cp(join(from.dir.root, file), join(to.root, file));
    if (hasScratchpad) await cp(join(from.dir.root, file), join(to.scratchpad, file));
  }
  await writeWhole(inheritedFile(to), JSON.stringify(answers));
}

function answersOf(plan: Plan, state: RunState, phase: string): readonly InheritedAnswer[] {
  const planned = plan.phases.find(({ name }) => name === phase);
  return (planned?.workers ?? []).flatMap(({ key, id }) => {
    const answer = workerOf(state, key)?.answer;
    return answer === undefined ? [] : [{ phase, worker: id, file: answer.file }];
  });
}

async function readAnswer(dir: RunDir, { phase, worker, file }: InheritedAnswer): Promise<EarlierAnswer> {
  const path = join(dir.root, file);
  return { phase, worker, file: path, text: await readBounded(path) };
}

async function readBounded(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, MAX_READ_BYTES));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    const text = buffer.toString('utf8', 0, bytesRead);
    return size > MAX_READ_BYTES ? `${text}\n… (the rest is in ${file})\n` : text;
  } finally {
    await handle.close();
  }
}

async function readInherited(dir: RunDir): Promise<readonly InheritedAnswer[]> {
  const text = await readIfThere(inheritedFile(dir));
  // Written by inheritAnswers, in our own folder.
  return text === undefined ? [] : (JSON.parse(text) as readonly InheritedAnswer[]);
}

function inheritedFile(dir: RunDir): string {
  return join(dir.root, 'inherited.json');
}
