/** Entry of the daemon process. Started in the background by whoever needs it (start-daemon.ts); takes no arguments. */
import { join } from 'node:path';
import { findPlaces } from '../config/places.ts';
import { runDaemon } from './daemon.ts';
import { ownEnvironment } from './env-file.ts';
import { createLog } from './log.ts';
import { ensurePrivateDir } from './private-dir.ts';
import { createSecrets } from './secrets.ts';

/** Nobody has needed the daemon for so long: it ends. `NIIA_IDLE_MS` sets another time. */
const DEFAULT_IDLE_MS = 10 * 60_000;

async function main(): Promise<void> {
  const places = findPlaces(process.env);
  const isPrivate = await ensurePrivateDir(places.stateDir);
  if (!isPrivate.ok) return fail(isPrivate.failure);
  const log = createLog(join(places.stateDir, 'daemon.log'), createSecrets(ownEnvironment()).redact);
  process.on('uncaughtException', error => log.error('bug', error));
  process.on('unhandledRejection', error => log.error('bug (unhandled rejection)', error));
  const home = process.env.NIIA_HOME;
  const idleMs = Number(process.env.NIIA_IDLE_MS ?? DEFAULT_IDLE_MS);
  const daemon = await runDaemon({
    places,
    log,
    ...(home === undefined || home === '' ? {} : { home }),
    idleMs: Number.isFinite(idleMs) && idleMs > 0 ? idleMs : DEFAULT_IDLE_MS,
    onEnded: () => process.exit(0),
  });
  if (daemon.ok) {
    log.info(`started: ${process.version}, ${places.stateDir}`);
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => void daemon.value.end(signal));
    // The terminal it was started from may close: nothing to us.
    process.on('SIGHUP', () => {});
  } else if (daemon.failure.kind === 'cannot-start') {
    log.error(daemon.failure.message);
    fail(daemon.failure.message);
  } else {
    process.exit(0);
  }
}

function fail(message: string): void {
  console.error(`niia daemon: ${message}`);
  process.exit(2);
}

await main();
