/** Entry of the PTY host process: `pty-host --socket PATH --state DIR [--idle-ms N]`. */
import { parseArgs } from 'node:util';
import { listenExclusively } from './exclusive-listen.ts';
import { PtyHost } from './host.ts';
import { hostToken, prepareSocketDirectory } from './socket-place.ts';

const DEFAULT_IDLE_MS = 60_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { socket: { type: 'string' }, state: { type: 'string' }, 'idle-ms': { type: 'string' } },
  });
  if (values.socket === undefined || values.state === undefined) {
    fail('usage: pty-host --socket PATH --state DIR [--idle-ms N]');
    return;
  }
  const place = prepareSocketDirectory(values.socket);
  if (!place.ok) {
    fail(place.failure.message);
    return;
  }
  await serve(values.socket, hostToken(values.state), Number(values['idle-ms'] ?? DEFAULT_IDLE_MS));
}

async function serve(socketPath: string, token: string, idleMs: number): Promise<void> {
  const server = await listenExclusively(socketPath);
  if (!server.ok) {
    // Whoever started us finds the other host there.
    if (server.failure.kind !== 'already_served') fail(server.failure.message);
    return;
  }
  const onEnded = (): never => process.exit(0);
  const host = new PtyHost({ server: server.value, name: socketPath, token, idleMs, onEnded });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void host.shutDown());
  // The terminal we were started from may close: nothing to us.
  process.on('SIGHUP', () => {});
  // One session's bug must not take everybody's work with it.
  process.on('uncaughtException', error => console.error(new Date().toISOString(), error));
  process.on('unhandledRejection', error => console.error(new Date().toISOString(), error));
}

function fail(message: string): void {
  console.error(`pty-host: ${message}`);
  process.exitCode = 2;
}

await main();
