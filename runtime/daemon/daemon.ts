/** The daemon as a whole: claims its state directory, takes runs up, serves clients, ends when nobody needs it (design §2). */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Config, readConfig } from '../config/config.ts';
import type { Places } from '../config/places.ts';
import { historyFile } from '../cost/history.ts';
import { deferred } from '../deferred.ts';
import { requestStop } from '../engine/requests.ts';
import type { Responses } from '../protocol.ts';
import { PROTOCOL_VERSION } from '../protocol-version.ts';
import { memoryFlags, QuietMemory } from '../quiet-memory.ts';
import { err, ok, type Result } from '../result.ts';
import { version } from '../version.ts';
import { type Claim, isOurClaim, publishClaim, withdrawClaim } from './claim.ts';
import { closeEndpoint, defaultHostSocket, type Endpoint, listenPrivately } from './endpoint.ts';
import { runHandlers } from './handlers/runs.ts';
import { sessionHandlers } from './handlers/sessions.ts';
import { statusHandlers } from './handlers/status.ts';
import { type IdleWatch, watchIdleness } from './idle.ts';
import type { RunHost } from './live-run.ts';
import type { Log } from './log.ts';
import { chooseNode, programFiles } from './program-files.ts';
import { createPtyLink, hostSocketPath } from './pty-link.ts';
import { RunManager } from './run-manager.ts';
import { type DaemonServer, type Service, serve } from './server.ts';
import { Sessions } from './sessions.ts';
import { installWorkerProgram } from './worker-program.ts';

/** How to run a daemon. */
export interface DaemonOptions {
  readonly places: Places;
  readonly log: Log;
  /** `NIIA_HOME`, if set: handed on to workers. */
  readonly home?: string;
  /** How long nobody must need it before it ends, in ms. */
  readonly idleMs: number;
  /** Called once, when it has ended. */
  readonly onEnded: () => void;
}

/** Why there is no daemon. `other-daemon`: one lives, and all is well. */
export type DaemonFailure =
  | { readonly kind: 'other-daemon' }
  | { readonly kind: 'cannot-start'; readonly message: string };

/** A running daemon. */
export interface Daemon {
  /** Ends it. Unfinished runs go on with the next start; their ids are returned. */
  end(why: string): Promise<readonly string[]>;
}

/** How often the daemon checks that it still is the one (somebody may have removed the state directory). */
const CLAIM_CHECK_MS = 5_000;
/** How long `daemon/stop` waits for runs to stop, in ms: the ladder of signals takes ten seconds. */
const STOP_RUNS_MS = 20_000;

/** Starts the daemon of a state directory. */
export async function runDaemon(options: DaemonOptions): Promise<Result<Daemon, DaemonFailure>> {
  const { places, log } = options;
  const config = await readConfig(places.configFile);
  if (!config.ok) return cannotStart(`${config.failure.file}: ${config.failure.message}`);
  const endpoint = await listenPrivately(places.runtimeDir);
  if (!endpoint.ok) return cannotStart(endpoint.failure);
  const service = deferred<Service>();
  const idle = watchIdleness(options.idleMs);
  // Before the claim is published: whoever finds it is served, at the latest when all runs are taken up.
  const server = serve(endpoint.value.server, {
    log,
    service: service.promise,
    onClients: () => idle.touch(),
  });
  const isOurs = await publishClaim(places.stateDir, claimOf(endpoint.value));
  if (!isOurs) {
    server.closeAll();
    await closeEndpoint(endpoint.value);
    return err({ kind: 'other-daemon' });
  }
  const daemon = new RunningDaemon(
    options,
    endpoint.value,
    server,
    idle,
    await hostOf(options, config.value.config),
  );
  await daemon.takeUp();
  service.resolve(daemon.service());
  return ok(daemon);
}

class RunningDaemon implements Daemon {
  readonly #options: DaemonOptions;
  readonly #endpoint: Endpoint;
  readonly #server: DaemonServer;
  readonly #idle: IdleWatch;
  readonly #host: RunHost;
  readonly #runs: RunManager;
  readonly #memory = new QuietMemory();
  readonly #claimTimer: NodeJS.Timeout;
  readonly #startedAt = new Date().toISOString();
  #ending: Promise<readonly string[]> | undefined;

  constructor(
    options: DaemonOptions,
    endpoint: Endpoint,
    server: DaemonServer,
    idle: IdleWatch,
    host: RunHost,
  ) {
    this.#options = options;
    this.#endpoint = endpoint;
    this.#server = server;
    this.#idle = idle;
    this.#host = host;
    const onChanged = (run: string): void => {
      server.broadcast('run/changed', { run });
      idle.touch();
      this.#memory.touch();
    };
    const { runsDir, stateDir } = options.places;
    this.#runs = new RunManager({ host, runsDir, historyFile: historyFile(stateDir), onChanged });
    host.pty.onChange(() => idle.touch());
    this.#claimTimer = setInterval(() => this.#checkClaim(), CLAIM_CHECK_MS).unref();
  }

  /** Takes up what the daemon before left unfinished. */
  async takeUp(): Promise<void> {
    await this.#runs.takeUpAll();
    // Finds the sessions that live in a host of before.
    await this.#host.pty.list();
    this.#idle.start(
      () => this.#server.clientCount > 0 || this.#runs.live.length > 0 || this.#host.pty.liveCount > 0,
      () => void this.end('nobody needs it'),
    );
  }

  /** What clients are served with. */
  service(): Service {
    const { log, places } = this.#options;
    const { pty, binDir } = this.#host;
    const recordingsDir = join(places.stateDir, 'sessions');
    return {
      identity: { protocol: PROTOCOL_VERSION, version, pid: process.pid, ptyHost: pty.address.socketPath },
      handlers: {
        ...statusHandlers({
          status: () => this.#status(),
          stop: stopRuns => this.#stop(stopRuns),
          end: () => void this.end('asked to'),
        }),
        ...runHandlers(this.#runs, log),
        ...sessionHandlers(new Sessions({ pty, runs: this.#runs, recordingsDir, binDir })),
      },
    };
  }

  end(why: string): Promise<readonly string[]> {
    this.#ending ??= this.#end(why);
    return this.#ending;
  }

  async #end(why: string): Promise<readonly string[]> {
    this.#options.log.info(`ends: ${why}`);
    this.#idle.stop();
    clearInterval(this.#claimTimer);
    const unfinished = await this.#runs.close();
    // An unfinished run still has to hear how its sessions end, also those that end before the next start.
    if (unfinished.length === 0) await this.#host.pty.end();
    else this.#host.pty.dispose();
    withdrawClaim(this.#options.places.stateDir);
    this.#server.closeAll();
    await closeEndpoint(this.#endpoint);
    this.#options.onEnded();
    return unfinished;
  }

  #status(): Responses['daemon/status'] {
    return {
      pid: process.pid,
      version,
      node: process.version,
      home: this.#options.places.stateDir,
      runs: this.#runs.live.length,
      sessions: this.#host.pty.liveCount,
      startedAt: this.#startedAt,
    };
  }

  async #stop(stopRuns: boolean): Promise<readonly string[]> {
    if (stopRuns) await stopAllRuns(this.#runs);
    return this.#runs.live.map(({ run }) => run);
  }

  /** Somebody removed the state directory, or took it over: two daemons must not drive the same runs. */
  #checkClaim(): void {
    if (!isOurClaim(this.#options.places.stateDir)) void this.end('its claim on the state directory is gone');
  }
}

/** Asks every run to stop and waits until they have, or the time is over. */
async function stopAllRuns(runs: RunManager): Promise<void> {
  await Promise.all(
    runs.live.map(live =>
      live.request(state => requestStop(state, { how: 'polite', by: 'niia daemon stop' })),
    ),
  );
  const ended = Promise.all(runs.live.map(live => live.ended()));
  await Promise.race([ended, delay(STOP_RUNS_MS, undefined, { ref: false })]);
}

async function hostOf({ places, log, home }: DaemonOptions, config: Config): Promise<RunHost> {
  const programs = programFiles();
  const node = chooseNode(config.node, programs.root);
  const socketPath = await hostSocketPath(places.stateDir, defaultHostSocket(places.runtimeDir));
  const pty = createPtyLink({
    socketPath,
    stateDir: places.stateDir,
    node,
    nodeFlags: memoryFlags(),
    script: programs.ptyHost,
  });
  return {
    pty,
    binDir: await installWorkerProgram(places.stateDir, node, programs.cli),
    ...(home === undefined ? {} : { home }),
    linkedDirectories: config.linkedDirectories,
    prices: config.prices,
    log,
  };
}

function claimOf({ address }: Endpoint): Claim {
  return {
    pid: process.pid,
    version,
    protocol: PROTOCOL_VERSION,
    socket: address,
    startedAt: new Date().toISOString(),
  };
}

function cannotStart(message: string): Result<never, DaemonFailure> {
  return err({ kind: 'cannot-start', message });
}
