import { readFile, writeFile } from 'node:fs/promises';
import type * as z from 'zod';

/**
 * What stands in a JSON file, whose folder is there; where it holds nothing of the kind, what is made then, which it holds
 * from now on. So a daemon that is started again finds what the one before it had.
 */
export async function noted<T>(file: string, schema: z.ZodType<T>, make: () => T | Promise<T>): Promise<T> {
  const found = await readNote(file, schema);
  if (found !== undefined) return found;
  const made = await make();
  await writeFile(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}

async function readNote<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
