import { readFile, writeFile } from 'node:fs/promises';

/**
 * Number of facts that a terminal had told before a turn's prompt. Noted in `file` under the turn's own `key`, so that a
 * daemon that is started again knows whether its prompt was taken.
 */
export async function turnMark(file: string, key: string, facts: number): Promise<number> {
  const noted = await readMark(file, key);
  if (noted !== undefined) return noted;
  await writeFile(file, JSON.stringify({ key, mark: facts }), { mode: 0o600 });
  return facts;
}

async function readMark(file: string, key: string): Promise<number | undefined> {
  try {
    const noted: unknown = JSON.parse(await readFile(file, 'utf8'));
    const isMine = typeof noted === 'object' && noted !== null && 'key' in noted && noted.key === key;
    return isMine && 'mark' in noted && typeof noted.mark === 'number' ? noted.mark : undefined;
  } catch {
    return undefined;
  }
}
