/** What a report is made of, and how its answers are read. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunView } from '../../engine/projections.ts';
import type { Segment } from '../../graph/timeline.ts';
import type { Plan } from '../../plan/plan.ts';

/** What a report is made of. */
export interface ReportSource {
  readonly view: RunView;
  readonly plan: Plan;
  /** Text of each answer by worker key; long ones are cut. */
  readonly answers: ReadonlyMap<string, string>;
  /** What each worker did when, by its key. */
  readonly timeline: ReadonlyMap<string, readonly Segment[]>;
}

/** A report is for reading: longer answers are cut, their file has all of it. */
const MAX_ANSWER_BYTES = 200_000;

/** Reads the answers of all workers. An answer that cannot be read is left out. */
export async function readAnswers(view: RunView, dir: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const worker of view.phases.flatMap(phase => phase.workers)) {
    if (worker.answer === undefined) continue;
    const text = await readStart(join(dir, worker.answer.file));
    if (text !== undefined) texts.set(worker.key, text);
  }
  return texts;
}

async function readStart(file: string): Promise<string | undefined> {
  try {
    await using handle = await open(file, 'r');
    const buffer = Buffer.alloc(MAX_ANSWER_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, MAX_ANSWER_BYTES, 0);
    const text = buffer.subarray(0, bytesRead).toString('utf8');
    return bytesRead === MAX_ANSWER_BYTES ? `${text}\n… cut; the whole answer: ${file}` : text;
  } catch {
    // Removed by the user, or not readable: the report shows the summary instead.
    return undefined;
  }
}
