/** A daemon of a test's own: spawned from the sources, at home in a temporary folder, with a repository to work in. */
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readClaim } from '../../../runtime/daemon/claim.ts';
import type { DaemonClient } from '../../../runtime/daemon/client.ts';
import { connectDaemon, stopDaemon } from '../../../runtime/daemon/client.ts';
import { programFiles } from '../../../runtime/daemon/program-files.ts';
import type { RunEvent } from '../../../runtime/engine/events.ts';
import type { Plan } from '../../../runtime/plan/plan.ts';
import { connectPtyHost, type PtyHostClient } from '../../../runtime/pty/client.ts';
import { eventually, within } from '../../support/wait.ts';

/** Where everything of one test stands. */
export interface Rig {
  /** Root of all of it. */
  readonly dir: string;
  /** State directory of the daemon. */
  readonly stateDir: string;
  readonly logFile: string;
  /** What the daemon starts with, and the environment handed to runs. */
  readonly env: Readonly<Record<string, string>>;
  /** A git repository with one commit. */
  readonly repository: { readonly root: string; readonly head: string };
  /** A folder without a repository. */
  readonly plain: string;
  /** Connects, starting the daemon (with more variables) if there is none. Closed at the end of the test. */
  connect(extra?: Readonly<Record<string, string>>): Promise<DaemonClient>;
  /** To be done when the daemon has ended, before everything is removed. */
  beforeRemoval(release: () => void): void;
  /** Runs git in the repository and returns what it prints, trimmed. */
  git(...args: readonly string[]): string;
}

/** Whose rig it is: a test, or a benchmark. */
export interface Owner {
  /** To be called at the end. */
  after(end: () => Promise<void>): void;
}

/** Makes a rig; after the test its daemon is ended, its runs stopped, and everything removed. */
export function createRig(
  t: Owner,
  script = programFiles().daemon,
  extra: Readonly<Record<string, string>> = {},
): Rig {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'nd-')));
  const home = join(dir, 'home');
  const plain = join(dir, 'plain');
  for (const folder of [home, plain, join(dir, 'user')]) mkdirSync(folder);
  const env = { ...testEnvironment(dir, home), ...extra };
  const repository = createRepository(join(dir, 'repo'), env);
  const stateDir = join(home, 'state');
  const logFile = join(stateDir, 'daemon.log');
  const clients = new Set<DaemonClient>();
  const releases: (() => void)[] = [];
  t.after(async () => {
    for (const client of clients) client.close();
    await endDaemon(stateDir);
    for (const release of releases) release();
    rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  });
  return {
    dir,
    stateDir,
    logFile,
    env,
    repository,
    plain,
    beforeRemoval: release => void releases.push(release),
    git: (...args) => execFileSync('git', args, { cwd: repository.root, env, encoding: 'utf8' }).trim(),
    async connect(extra = {}) {
      const connected = await connectDaemon({
        stateDir,
        logFile,
        client: 'cli',
        autostart: { node: process.execPath, script, env: { ...env, ...extra } },
      });
      if (!connected.ok) throw new Error(connected.failure.message);
      clients.add(connected.value);
      return connected.value;
    },
  };
}

/** Starts a run and returns its id. */
export async function startRun(
  client: DaemonClient,
  plan: Plan,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const started = await client.request('run/start', { plan, env });
  if (!started.ok) throw new Error(started.failure.message);
  return started.value.run;
}

/** Follows a run to its end and returns all its events. */
export async function finish(
  client: DaemonClient,
  run: string,
  timeoutMs = 60_000,
): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  const read = async (): Promise<readonly RunEvent[]> => {
    const stream = await client.follow(run, 1);
    if (!stream.ok) throw new Error(stream.failure.message);
    for await (const event of stream.value) events.push(event);
    return events;
  };
  return within(read(), { what: `the end of ${run}`, timeoutMs, seen: () => events.slice(-12) });
}

/** Waits for an event of a run. */
export async function untilEvent(
  client: DaemonClient,
  run: string,
  isIt: (event: RunEvent) => boolean,
): Promise<RunEvent> {
  const seen: RunEvent[] = [];
  const abort = new AbortController();
  const read = async (): Promise<RunEvent> => {
    const stream = await client.follow(run, 1, abort.signal);
    if (!stream.ok) throw new Error(stream.failure.message);
    for await (const event of stream.value) {
      seen.push(event);
      if (isIt(event)) return event;
    }
    throw new Error('the run ended before');
  };
  try {
    return await within(read(), { what: 'an event', seen: () => seen.slice(-12) });
  } finally {
    abort.abort();
  }
}

/** How a run ended, from its events. */
export function outcomeOf(events: readonly RunEvent[]): string | undefined {
  const last = events.findLast(event => event.kind === 'run-ended');
  return last?.outcome;
}

/** Events of one kind. */
export function ofKind<K extends RunEvent['kind']>(
  events: readonly RunEvent[],
  kind: K,
): readonly Extract<RunEvent, { readonly kind: K }>[] {
  return events.filter((event): event is Extract<RunEvent, { readonly kind: K }> => event.kind === kind);
}

/** Ends the daemon of a state directory with everything it runs, also one that does not answer any more. */
export async function endDaemon(stateDir: string): Promise<void> {
  const pid = readClaim(stateDir)?.pid;
  const stopped = await stopDaemon(stateDir, true);
  if (pid !== undefined && !stopped.ok) killQuietly(pid);
  await eventually(() => pid === undefined || !isAlive(pid), { what: `the end of daemon ${pid}` });
  await endPtyHost(stateDir);
}

/** Ends the PTY host that a daemon used, with every session in it. */
export async function endPtyHost(stateDir: string): Promise<void> {
  const pid = await ptyHostPid(stateDir);
  const client = await connectHost(stateDir);
  await client?.shutdown({ kill: true });
  await client?.closed;
  await eventually(() => pid === undefined || !isAlive(pid), { what: `the end of PTY host ${pid}` });
}

/** Process of the PTY host that a daemon uses; undefined if none runs. */
export async function ptyHostPid(stateDir: string): Promise<number | undefined> {
  const client = await connectHost(stateDir);
  const status = await client?.status();
  client?.dispose();
  return status?.ok === true ? status.value.pid : undefined;
}

async function connectHost(stateDir: string): Promise<PtyHostClient | undefined> {
  const note = join(stateDir, 'pty-host.socket');
  if (!existsSync(note)) return undefined;
  const address = { socketPath: readFileSync(note, 'utf8'), stateDir };
  const client = await connectPtyHost(address, { events: false });
  return client.ok ? client.value : undefined;
}

/** Whether a process lives (a zombie does not). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\nState:\tZ/.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Starts a daemon by hand, without waiting for it. */
export function spawnDaemon(rig: Rig): ReturnType<typeof spawn> {
  return spawn(process.execPath, [programFiles().daemon], { env: { ...rig.env }, stdio: 'ignore' });
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

function testEnvironment(dir: string, home: string): Record<string, string> {
  const inherited = ['PATH', 'TMPDIR', 'NIIA_TEST_RUN'].flatMap(name => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(inherited),
    HOME: join(dir, 'user'),
    LANG: 'C.UTF-8',
    NIIA_HOME: home,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
  };
}

function createRepository(root: string, env: Readonly<Record<string, string>>): Rig['repository'] {
  mkdirSync(root);
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: root, env, encoding: 'utf8' }).trim();
  git('init', '-q', '-b', 'main');
  writeFileSync(join(root, 'README'), 'hello\n');
  git('add', '.');
  git('-c', 'user.name=Test', '-c', 'user.email=test@example.invalid', 'commit', '-q', '-m', 'first');
  return { root, head: git('rev-parse', 'HEAD') };
}
