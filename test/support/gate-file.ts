/** A place where worker scripts wait until the test lets them go: a named pipe, so that nobody has to poll. */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';

/** A gate for scripts. */
export interface GateFile {
  /** Shell text that waits at the gate; its output is what `open` sends. */
  readonly wait: string;
  /** Lets one waiting script go on. Waits for it to arrive. */
  open(word?: string): Promise<void>;
}

/** Makes the gate at a path that does not exist yet. */
export function createGate(path: string): GateFile {
  execFileSync('mkfifo', [path]);
  return {
    wait: `cat '${path}'`,
    open: (word = 'go') => writeFile(path, `${word}\n`),
  };
}
