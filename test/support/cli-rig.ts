/**
 * The built command line as a user has it: a repository, a home of its own, pipes or a real terminal. Disposing the rig
 * stops its daemon and removes everything; a test that leaves a process behind fails in the lane's leak check.
 */
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TerminalRig } from './terminal-rig.ts';
import { eventually } from './wait.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** The built program. */
export const builtCli: string = join(root, 'dist', 'niia.js');

/** How a command ended, and what it said. */
export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is called. */
export interface CliCall {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Written to stdin; absent = an empty stdin. */
  readonly input?: string;
  /** Node to run it; default the one that runs the test. */
  readonly node?: string;
  /** After so many milliseconds the command is killed and the call fails; a safety net. Default 30 000. */
  readonly timeoutMs?: number;
}

/** What a rig is made with. */
export interface RigOptions {
  /** `committed` (default): a repository with one commit; `unborn`: without; `none`: just a folder. */
  readonly repository?: 'committed' | 'unborn' | 'none';
  /** Files of the folder, by relative path; committed with the first commit. */
  readonly files?: Readonly<Record<string, string>>;
  /** Existing folder to make the rig in; default the system's temporary directory. */
  readonly base?: string;
}

/** A folder to work in, and a home for everything niia keeps. */
export class CliRig {
  /** Everything of the rig; removed at the end. */
  readonly place: string;
  /** The folder commands run in. */
  readonly folder: string;
  /** `NIIA_HOME`. */
  readonly niiaHome: string;
  readonly env: Readonly<Record<string, string>>;

  constructor(options: RigOptions = {}) {
    // Short: a unix socket's path has at most 107 characters.
    this.place = realpathSync(mkdtempSync(join(options.base ?? tmpdir(), 'niia-c-')));
    this.folder = join(this.place, 'work');
    this.niiaHome = join(this.place, 'home');
    mkdirSync(this.folder);
    mkdirSync(this.niiaHome);
    this.env = this.#environment();
    for (const [path, text] of Object.entries(options.files ?? {})) this.write(path, text);
    this.#makeRepository(options.repository ?? 'committed');
  }

  /** Writes a file below the folder, with the folders it needs. Returns its absolute path. */
  write(path: string, text: string): string {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /** Writes a connector file. Returns its name. */
  connector(content: object, name = 'test.connector.json'): string {
    this.write(name, JSON.stringify({ connector: '2.1', ...content }, null, 2));
    return name;
  }

  /** Runs git in the folder. */
  git(...args: readonly string[]): string {
    return execFileSync('git', [...args], { cwd: this.folder, env: this.env, encoding: 'utf8' }).trimEnd();
  }

  /** Runs `niia` with pipes and waits for its end. Fails with what the daemon did if it does not come in time. */
  async niia(args: readonly string[], call: CliCall = {}): Promise<CliResult> {
    const result = await runProcess([call.node ?? process.execPath, builtCli, ...args], {
      cwd: call.cwd ?? this.folder,
      env: { ...this.env, ...call.env },
      input: call.input ?? '',
      timeoutMs: call.timeoutMs ?? 30_000,
    });
    if (result.signal === 'SIGKILL')
      throw new Error(
        `niia ${args.join(' ')} did not end: ${JSON.stringify(result, null, 1)}\n${this.#whatHappened()}`,
      );
    return result;
  }

  /** Runs `niia … --json` and reads what it prints; fails if it does not end with 0. */
  async json(args: readonly string[], call: CliCall = {}): Promise<unknown> {
    const result = await this.niia([...args, '--json'], call);
    if (result.code !== 0) throw new Error(`niia ${args.join(' ')}: ${JSON.stringify(result, null, 1)}`);
    return JSON.parse(result.stdout);
  }

  /** Runs `niia` on a real terminal. */
  terminal(
    args: readonly string[],
    call: Pick<CliCall, 'cwd' | 'env' | 'node'> & { readonly cols?: number; readonly rows?: number } = {},
  ): TerminalRig {
    const { cwd = this.folder, env, node = process.execPath, ...size } = call;
    return new TerminalRig({ argv: [node, builtCli, ...args], cwd, env: { ...this.env, ...env }, ...size });
  }

  /** Everything of niia outside of the folder: to show that a failed command left nothing. */
  leftovers(): readonly string[] {
    const listed = [join(this.niiaHome, 'state', 'runs'), `${this.folder}.worktrees`].flatMap(folder =>
      existsSync(folder) ? readdirSync(folder).map(name => join(folder, name)) : [],
    );
    const branches = existsSync(join(this.folder, '.git')) ? this.git('branch', '--list', 'niia/*') : '';
    return [...listed, ...(branches === '' ? [] : [branches])];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.niia(['daemon', 'stop', '--runs']);
    await this.#hostEnded();
    rmSync(this.place, { recursive: true, force: true });
  }

  /** The PTY host ends by itself once no daemon is connected; nothing of the rig may outlive the test. */
  async #hostEnded(): Promise<void> {
    await eventually(
      () => processesWith(`NIIA_HOME=${this.niiaHome}`).length === 0 || this.#endStragglers(),
      {
        what: 'the end of every process of the rig',
        seen: () => processesWith(`NIIA_HOME=${this.niiaHome}`),
      },
    );
  }

  /** The ends of the daemon's log and of every journal. */
  #whatHappened(): string {
    const state = join(this.niiaHome, 'state');
    const runs = existsSync(join(state, 'runs')) ? readdirSync(join(state, 'runs')) : [];
    const files = ['daemon.log', 'pty-host.log', ...runs.map(run => join('runs', run, 'journal.ndjson'))];
    return files
      .map(file => join(state, file))
      .filter(file => existsSync(file))
      .map(file => `${file}:\n${readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n')}`)
      .join('\n');
  }

  #endStragglers(): boolean {
    for (const { pid } of processesWith(`NIIA_HOME=${this.niiaHome}`)) {
      try {
        process.kill(pid, 'SIGTERM');
      } catch {
        // It ended meanwhile.
      }
    }
    return false;
  }

  #environment(): Record<string, string> {
    const home = join(this.place, 'user');
    mkdirSync(home);
    const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`;
    return {
      PATH: path,
      HOME: home,
      USERPROFILE: home,
      NIIA_HOME: this.niiaHome,
      TMPDIR: process.env.TMPDIR ?? tmpdir(),
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Test',
      GIT_AUTHOR_EMAIL: 'test@localhost',
      GIT_COMMITTER_NAME: 'Test',
      GIT_COMMITTER_EMAIL: 'test@localhost',
      // The lane finds what a test leaves behind by this marker.
      ...(process.env.NIIA_TEST_RUN ? { NIIA_TEST_RUN: process.env.NIIA_TEST_RUN } : {}),
    };
  }

  #makeRepository(kind: NonNullable<RigOptions['repository']>): void {
    if (kind === 'none') return;
    this.git('init', '--quiet', '--initial-branch=main');
    if (kind === 'unborn') return;
    if (!existsSync(join(this.folder, 'README.md'))) this.write('README.md', 'test\n');
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', 'first');
  }
}

/** Processes whose environment holds this entry (Linux; elsewhere none is found). */
export function processesWith(entry: string): readonly { readonly pid: number; readonly command: string }[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  return pids.flatMap(pid => {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(entry)) return [];
      const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
      return [{ pid: Number(pid), command }];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}

interface ProcessCall {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
  readonly timeoutMs: number;
}

function runProcess([program = '', ...args]: readonly string[], call: ProcessCall): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: call.cwd, env: call.env, stdio: ['pipe', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', text => {
      said.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', text => {
      said.stderr += text;
    });
    child.stdin.on('error', () => {});
    child.stdin.end(call.input);
    const timer = setTimeout(() => child.kill('SIGKILL'), call.timeoutMs);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, ...said });
    });
  });
}
