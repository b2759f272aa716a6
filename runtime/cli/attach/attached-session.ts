/** Puts the user's terminal into a session: its screen as it is, then live, keys and size passed on. */
import { constants } from 'node:os';
import { findPlaces } from '../../config/places.ts';
import type { DaemonClient } from '../../daemon/client.ts';
import { attachViewer, type ViewerStream } from '../../pty/viewer-stream.ts';
import type { PtyFailure, SessionExit } from '../../pty-protocol.ts';
import { err, ok, type Result } from '../../result.ts';
import { fromDaemon } from '../connect.ts';
import { type CliFailure, failed, misused } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import type { VerbContext } from '../verb.ts';
import { createDetachFilter } from './detach-keys.ts';
import { RawTerminal } from './raw-terminal.ts';

/** How being attached ended. */
export type AttachEnd =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'detached' }
  /** The connection to the PTY host ended. */
  | { readonly kind: 'lost' };

/** Attaches until the session ends, the user detaches (Ctrl-] d), or the PTY host goes away. */
export async function attachToSession(
  context: VerbContext,
  daemon: DaemonClient,
  session: string,
): Promise<Result<AttachEnd, CliFailure>> {
  const { terminal } = context;
  if (!terminal.stdin.isTTY || !terminal.stdout.isTerminal)
    return err(misused('attach needs a terminal', 'without one: niia logs, niia get-answer'));
  const screen = await daemon.request('session/screen', { session });
  if (!screen.ok)
    return err(screen.failure.code === 'unknown-session' ? hasEnded(session) : fromDaemon(screen.failure));
  const address = { socketPath: daemon.daemon.ptyHost, stateDir: findPlaces(context.env).stateDir };
  const viewer = await attachViewer(address, { id: session, from: screen.value.offset, isInteractive: true });
  if (!viewer.ok) return err(describeFailure(session, viewer.failure));
  terminal.stderr.write(`attached to ${session}; Ctrl-] d leaves it running\n`);
  return ok(await showUntilEnd(terminal, viewer.value, screen.value.ansi));
}

async function showUntilEnd(terminal: Terminal, viewer: ViewerStream, screen: string): Promise<AttachEnd> {
  using _raw = new RawTerminal(terminal);
  // Ended by a signal, the exit handlers must run: they give the terminal back.
  const leave = () => process.exit(1);
  for (const signal of leavingSignals) process.on(signal, leave);
  const end = { isDetached: false };
  const stopInput = forwardInput(terminal, viewer, () => {
    end.isDetached = true;
    viewer.close();
  });
  try {
    terminal.stdout.write(`\u001b[2J\u001b[H${screen}`);
    const exit = await copyOutput(terminal, viewer);
    if (end.isDetached) return { kind: 'detached' };
    return exit === undefined ? { kind: 'lost' } : { kind: 'exited', exitCode: exitCodeOf(exit) };
  } finally {
    stopInput();
    for (const signal of leavingSignals) process.off(signal, leave);
    viewer.close();
  }
}

const leavingSignals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGINT'];

async function copyOutput(terminal: Terminal, viewer: ViewerStream): Promise<SessionExit | undefined> {
  for await (const event of viewer.events()) {
    if (event.kind === 'data') await terminal.stdout.writeBytes(event.bytes);
    if (event.kind === 'exit') return event.exit;
  }
  return undefined;
}

function forwardInput(terminal: Terminal, viewer: ViewerStream, detach: () => void): () => void {
  const filter = createDetachFilter();
  const onInput = (input: Buffer): void => {
    const { forward, isDetached } = filter(input);
    if (forward.length > 0) void viewer.write(forward);
    if (isDetached) detach();
  };
  const resize = (): void => {
    const { columns, rows } = terminal.stdout.size();
    viewer.resize(columns, rows);
  };
  resize();
  terminal.stdin.on('data', onInput);
  const stopResize = terminal.stdout.onResize(resize);
  return () => {
    terminal.stdin.off('data', onInput);
    stopResize();
  };
}

/** The exit code of a session, as a shell would report it. */
function exitCodeOf({ code, signal }: SessionExit): number {
  if (code !== null) return code;
  const numbers: Readonly<Record<string, number>> = constants.signals;
  return 128 + (numbers[signal ?? ''] ?? 0);
}

function describeFailure(session: string, failure: PtyFailure): CliFailure {
  switch (failure.kind) {
    case 'no_such_session':
      return hasEnded(session);
    case 'host_gone':
      return failed(
        'the PTY host does not answer: the terminals it held are gone',
        'niia ps shows what became of the runs',
      );
    case 'version_mismatch':
      return failed('the PTY host is of another version', 'it ends by itself when its sessions have ended');
    default:
      return failed(`cannot attach to "${session}": ${failure.kind}`);
  }
}

function hasEnded(session: string): CliFailure {
  return failed(`the session "${session}" has ended`, 'what it printed: niia logs');
}
