import { createHash } from 'node:crypto';

/** What a session is for. */
export type SessionPurpose =
  | { readonly kind: 'setup' }
  | { readonly kind: 'step'; readonly step: string }
  | { readonly kind: 'turn'; readonly turn: number };

/** Longest id, in characters: the PTY host takes 200, and file names need room for an ending. */
const MAX_ID = 180;

/**
 * Id of a worker's session in the PTY host: always the same for the same work, so that a restarted daemon finds it.
 * `worker` is the worker's key, `<phase>/<id>`. Different names never give the same id.
 */
export function sessionId(run: string, worker: string, attempt: number, purpose: SessionPurpose): string {
  const parts = [run, ...worker.split('/'), `a${attempt}`, purposePart(purpose)];
  const readable = parts.map(part => part.replace(/[^A-Za-z0-9_-]/g, '-')).join('.');
  if (readable === parts.join('.') && readable.length <= MAX_ID) return readable;
  // Something was replaced or is cut off: two names could come out equal.
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);
  return `${readable.slice(0, MAX_ID - 9)}-${hash}`;
}

function purposePart(purpose: SessionPurpose): string {
  switch (purpose.kind) {
    case 'setup':
      return 'setup';
    case 'step':
      return `step-${purpose.step}`;
    case 'turn':
      return `t${purpose.turn}`;
  }
}
