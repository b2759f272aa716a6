/** What the sessions of a run printed, read from their recordings. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DaemonClient } from '../../daemon/client.ts';
import type { RunView } from '../../engine/projections.ts';
import { RecordingReader } from '../../pty/recording-reader.ts';
import type { Output } from '../terminal.ts';
import { createLineReader, type LineReader } from './plain-lines.ts';

/** Which sessions, and where to. */
export interface LogScope {
  /** Absolute path of the run's folder. */
  readonly dir: string;
  /** Key of the only worker wanted; absent = all. */
  readonly worker: string | undefined;
  readonly output: Output;
}

/** How often a growing recording is looked at. */
const POLL_MS = 100;

/** Prints the recordings of a run one after the other, in the order of the phases and workers. */
export async function printSessions(view: RunView, scope: LogScope): Promise<void> {
  const workers = view.phases.flatMap(phase => phase.workers);
  for (const { key, sessions } of workers.filter(
    each => scope.worker === undefined || each.key === scope.worker,
  )) {
    for (const session of sessions) {
      const tail = await openTail(session, key, scope);
      if (tail === undefined) continue;
      await tail.printNews();
      await tail.close();
    }
  }
}

/** Prints what is there and what comes, until the run ends. Lines of several workers are mixed as they come. */
export async function followSessions(daemon: DaemonClient, run: string, scope: LogScope): Promise<void> {
  const waiting = new Map<string, string>();
  const open = new Map<string, Tail>();
  let isOver = false;
  const printing = (async () => {
    for (;;) {
      const wasOver = isOver;
      await openNew(waiting, open, scope);
      for (const tail of open.values()) await tail.printNews();
      if (wasOver) break;
      await delay(POLL_MS);
    }
    for (const tail of open.values()) await tail.close();
  })();
  const events = await daemon.follow(run, 1);
  if (events.ok) {
    for await (const event of events.value) {
      if (event.kind !== 'session-opened') continue;
      if (scope.worker === undefined || event.worker === scope.worker)
        waiting.set(event.session, event.worker);
    }
  }
  isOver = true;
  await printing;
}

async function openNew(
  waiting: Map<string, string>,
  open: Map<string, Tail>,
  scope: LogScope,
): Promise<void> {
  for (const [session, worker] of waiting) {
    const tail = await openTail(session, worker, scope);
    if (tail === undefined) continue;
    open.set(session, tail);
    waiting.delete(session);
  }
}

/** Reads one recording as it grows. */
interface Tail {
  printNews(): Promise<void>;
  close(): Promise<void>;
}

async function openTail(session: string, worker: string, scope: LogScope): Promise<Tail | undefined> {
  const file = join(scope.dir, 'sessions', `${session}.cast`);
  if (!existsSync(file)) return undefined;
  const reader = await RecordingReader.open(file);
  const lines: LineReader = createLineReader();
  const prefix = scope.worker === undefined ? `${scope.output.style.cyan(worker)}  ` : '';
  const print = (texts: readonly string[]) => {
    if (texts.length > 0) scope.output.write(`${texts.map(text => prefix + text).join('\n')}\n`);
  };
  return {
    async printNews() {
      for (let event = await reader.next(); event !== null; event = await reader.next())
        if (event.kind === 'output') print(lines.feed(event.bytes));
    },
    async close() {
      print(lines.end());
      await reader.close();
    },
  };
}
