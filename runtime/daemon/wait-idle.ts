/** When a session has nothing to do: its process ended, its program says so, or (guessed) its screen is quiet. */
import { latestReport } from '../agents/terminal/program-status.ts';
import type { SessionInfo } from '../pty-protocol.ts';
import type { PtyLink } from './pty-link.ts';

/** Without any word of the program, so long a silence is taken for idleness, and said to be a guess. */
const QUIET_MS = 2_000;
/** Output that is looked at for the program's own word. */
const STATUS_WINDOW_BYTES = 64 * 1024;

/** What a session was found to be. */
export interface Idleness {
  readonly state: string;
  readonly evidence: string;
}

/** How long to wait. */
export interface WaitOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number | undefined;
}

/** Waits until a session is idle; undefined if that did not come in time, or nobody waits any more. */
export async function waitIdle(
  pty: PtyLink,
  info: SessionInfo,
  { signal, timeoutMs }: WaitOptions,
): Promise<Idleness | undefined> {
  const watch = watchSession(pty, info);
  using _watch = watch;
  const timers = timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)];
  const over = AbortSignal.any([signal, ...timers]);
  for (;;) {
    const { version } = watch;
    const idle = watch.ended() ?? (await statusOf(pty, info.id, watch.end()));
    if (idle !== undefined) return idle;
    if (over.aborted) return undefined;
    const change = await watch.change(version, QUIET_MS, over);
    if (change === 'quiet') {
      return { state: 'idle', evidence: `guessed: no output for ${QUIET_MS / 1000} s` };
    }
  }
}

interface SessionWatch extends Disposable {
  readonly version: number;
  end(): number;
  ended(): Idleness | undefined;
  change(since: number, quietMs: number, signal: AbortSignal): Promise<'changed' | 'quiet' | 'over'>;
}

function watchSession(pty: PtyLink, info: SessionInfo): SessionWatch {
  let version = 0;
  let end = info.end;
  let over = info.exit === null ? undefined : ended(info.exit);
  let wake: () => void = () => {};
  const changed = (): void => {
    version += 1;
    wake();
  };
  const watching = pty.watch(info.id, {
    onOutput(at) {
      end = at;
      changed();
    },
    onExit(exit) {
      over = ended(exit);
      changed();
    },
    onGone(message) {
      over = { state: 'lost', evidence: message };
      changed();
    },
  });
  return {
    get version() {
      return version;
    },
    end: () => end,
    ended: () => over,
    change: (since, quietMs, signal) =>
      new Promise(resolve => {
        if (version !== since) return resolve('changed');
        const settle = (how: 'changed' | 'quiet' | 'over') => (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', stop);
          resolve(how);
        };
        const stop = settle('over');
        const timer = setTimeout(settle('quiet'), quietMs);
        signal.addEventListener('abort', stop);
        wake = settle('changed');
      }),
    [Symbol.dispose]: () => watching[Symbol.dispose](),
  };
}

function ended(exit: { readonly code: number | null; readonly signal: string | null }): Idleness {
  return {
    state: 'ended',
    evidence: exit.code === null ? `signal ${exit.signal}` : `exit code ${exit.code}`,
  };
}

/** The latest word of the program about itself (OSC 7501), if it says that it waits. */
async function statusOf(pty: PtyLink, id: string, end: number): Promise<Idleness | undefined> {
  const from = Math.max(0, end - STATUS_WINDOW_BYTES);
  const read = await pty.read(id, from, STATUS_WINDOW_BYTES);
  if (!read.ok) return undefined;
  const report = latestReport(read.value.bytes);
  if (report === undefined || report.state === 'clear' || report.state === 'working') return undefined;
  return { state: report.state, evidence: `the program says so (OSC 7501: ${report.state})` };
}
