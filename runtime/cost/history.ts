/** What phases have come to, remembered beyond the runs they belonged to: one JSON document a line in `history.ndjson`. */
import { appendFile, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PhaseSpending, phaseSpendingSchema } from './estimate.ts';

/** About 4,000 phases. Beyond, the older half is forgotten. */
const MAX_BYTES = 1_000_000;

/** The file below a state directory. */
export function historyFile(stateDir: string): string {
  return join(stateDir, 'history.ndjson');
}

/**
 * Everything that is remembered, oldest first; of a phase of a run that ended several times, its last end. A file that cannot
 * be read holds nothing: an estimate is no reason to fail.
 */
export async function readHistory(file: string): Promise<readonly PhaseSpending[]> {
  const latest = new Map<string, PhaseSpending>();
  const text = await textOf(file).catch(() => '');
  for (const line of text.split('\n')) {
    const spending = readLine(line);
    if (spending === undefined) continue;
    const key = JSON.stringify([spending.run, spending.phase]);
    // To its new place at the end.
    latest.delete(key);
    latest.set(key, spending);
  }
  return [...latest.values()];
}

/** Remembers what phases have come to. Only the daemon writes. */
export async function remember(file: string, spendings: readonly PhaseSpending[]): Promise<void> {
  if (spendings.length === 0) return;
  await appendFile(file, spendings.map(each => `${JSON.stringify(each)}\n`).join(''), { mode: 0o600 });
  const { size } = await stat(file);
  if (size <= MAX_BYTES) return;
  const lines = (await textOf(file)).split('\n');
  const draft = `${file}.tmp`;
  await writeFile(draft, lines.slice(Math.floor(lines.length / 2)).join('\n'), { mode: 0o600 });
  await rename(draft, file);
}

/** A line that a crash cut, or another version wrote, is left out. */
function readLine(line: string): PhaseSpending | undefined {
  if (line === '') return undefined;
  try {
    return phaseSpendingSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
