import { createRequire } from 'node:module';
import { err, ok, type Result } from '../result.ts';
import type { Leader, LeaderEvents, LeaderSpec, SpawnFailure } from './leader.ts';

type NodePty = typeof import('node-pty');

/**
 * Starts a program in a ConPTY, on Windows, through node-pty's public API: it reports the exit after the console has
 * been read to its end. Not covered by tests of ours on a real Windows yet.
 */
export function startWindowsTerminal(spec: LeaderSpec, events: LeaderEvents): Result<Leader, SpawnFailure> {
  const [file = '', ...args] = spec.argv;
  const { cwd, env, cols, rows } = spec;
  try {
    // `require` is untyped by nature; the package's own declarations say what it gives.
    const { spawn } = createRequire(import.meta.url)('node-pty') as NodePty;
    const pty = spawn(file, args, { cwd, env: { ...env }, cols, rows, name: env.TERM ?? 'xterm-256color' });
    pty.onData(text => events.onData(Buffer.from(text)));
    pty.onExit(({ exitCode }) => events.onExit({ code: exitCode, signal: null }));
    return ok(leaderOf(pty));
  } catch (error) {
    return err({
      kind: 'spawn_failed',
      code: 'EAGAIN',
      message: error instanceof Error ? error.message : String(error),
    });
  }
}

function leaderOf(pty: ReturnType<NodePty['spawn']>): Leader {
  return {
    pid: pty.pid,
    stdoutBytes: 0,
    stderrBytes: 0,
    write(bytes) {
      pty.write(bytes);
      return bytes.length;
    },
    endInput() {},
    resize: (cols, rows) => pty.resize(cols, rows),
    pause: () => pty.pause(),
    resume: () => pty.resume(),
    drain: () => Promise.resolve(),
    close() {},
  };
}
