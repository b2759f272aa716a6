/**
 * Indexes of worktrees that we wrote ourselves, by their content: as long as nobody has changed one, git need not be asked
 * what is staged in it. Kept in memory only; what is not known is asked.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AnswerCache } from './answer-cache.ts';

const trees = new AnswerCache<string>(2000);

/** Remembers that an index file holds exactly a tree. */
export async function rememberIndex(file: string, tree: string): Promise<void> {
  const content = await readFile(file).catch(() => undefined);
  if (content !== undefined) trees.set(digest(content), tree);
}

/** The tree that an index holds, if it is one of ours. */
export function treeOfIndex(content: Buffer): string | undefined {
  return trees.get(digest(content));
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('base64');
}
