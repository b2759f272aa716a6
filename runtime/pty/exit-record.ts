import { renameSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type SessionExit, sessionExitSchema } from '../pty-protocol.ts';

/** Where a session's exit is kept beside its recording, so that it outlives the host. */
export function exitFileOf(recordingFile: string): string {
  return `${recordingFile}.exit.json`;
}

/**
 * Writes how a session ended, whole or not at all. Never fails: on a full disk only the host's memory has it. Synchronous:
 * whoever waits for the exit waits for this, and a small file is written sooner than a thread is asked to.
 */
export function writeExitRecord(recordingFile: string, exit: SessionExit): void {
  const file = exitFileOf(recordingFile);
  try {
    writeFileSync(`${file}.new`, `${JSON.stringify(exit)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    return;
  }
}

/** How a session ended, for those who find no host that knows it; null when nobody saw it end. */
export async function readExitRecord(recordingFile: string): Promise<SessionExit | null> {
  try {
    const parsed = sessionExitSchema.safeParse(JSON.parse(await readFile(exitFileOf(recordingFile), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
