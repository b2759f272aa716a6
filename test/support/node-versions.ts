/** The Nodes that tests of the built program run on: the oldest that is supported where it is at hand, and this one. */
import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** A Node of this machine. */
export interface NodeProgram {
  readonly path: string;
  /** Such as `v24.21.0`. */
  readonly version: string;
}

/** The Node that runs the test first, then the others found on PATH; one of each version. */
export function nodePrograms(): readonly NodeProgram[] {
  const found: NodeProgram[] = [{ path: process.execPath, version: process.version }];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'node');
    const version = versionOf(path);
    if (version !== undefined && !found.some(each => each.version === version)) found.push({ path, version });
  }
  return found.filter(({ version }) => Number(version.slice(1).split('.')[0]) >= 20);
}

function versionOf(path: string): string | undefined {
  try {
    return execFileSync(path, ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}
