/** A place where worker scripts wait until the test lets them go. */
import { renameSync, writeFileSync } from 'node:fs';

/** A gate for scripts. */
export interface GateFile {
  /** Shell text that waits at the gate and prints what `open` is given. */
  readonly wait: string;
  /** Opens the gate for good: for all who wait, and all who come later. */
  open(word?: string): void;
}

/** Makes a closed gate at a path that does not exist yet. */
export function createGate(path: string): GateFile {
  return {
    // The script polls; a named pipe would let go only those who wait already.
    wait: `while [ ! -e '${path}' ]; do sleep 0.02; done; cat '${path}'`,
    open(word = 'go') {
      writeFileSync(`${path}.part`, `${word}\n`);
      renameSync(`${path}.part`, path);
    },
  };
}
