/** VS Code's server on loopback, with everything it writes in one temporary folder and nothing of the user's in sight. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { eventually } from '../../support/wait.ts';
import type { Installation } from './installation.ts';

/** What a server is started with. */
export interface ServerOptions {
  readonly installation: Installation;
  /** Packages to install, as a user would. */
  readonly packages?: readonly string[];
  /** Folders of extensions that count as installed without being packed; not together with packages. */
  readonly linked?: readonly string[];
  /** User settings, over those that keep VS Code quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Added to the environment of everything that VS Code starts. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Lets pages name an extension under development and tests to run in the extension host. Notifications stay hidden
   * then, and the settings editor is another one.
   */
  readonly hasDriver?: boolean;
  /** Language of the extension, such as `de`: VS Code itself has no pack for it here, and stays English. */
  readonly locale?: string;
  /** Ask whether a folder is trusted, as VS Code does out of the box; else everything is. */
  readonly asksForTrust?: boolean;
}

/** Off: what blinks, asks the network, or stands in the way of a test. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  // An editor that is shown late takes the focus, and would close the palette.
  'workbench.quickOpen.closeOnFocusLost': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.localHistory.enabled': false,
  'telemetry.telemetryLevel': 'off',
  // On in a browser, off on a desktop.
  'files.autoSave': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'npm.fetchOnlinePackageInfo': false,
  'chat.disableAIFeatures': true,
  'git.openRepositoryInParentFolders': 'never',
  // The text of terminals is in the page only where it is not painted on a canvas.
  'terminal.integrated.gpuAcceleration': 'off',
  'terminal.integrated.enablePersistentSessions': false,
} as const;

/** One server. Disposing it ends all of its processes and removes its folder. */
export class VsCodeServer implements AsyncDisposable {
  readonly installation: Installation;
  /** Home, settings and state of everything that runs in it. */
  readonly folder: string;
  /** `NIIA_HOME` of its extension host. */
  readonly niiaHome: string;
  /** The environment that everything in it inherits. */
  readonly env: Readonly<Record<string, string>>;
  readonly #options: ServerOptions;
  readonly #token = randomBytes(16).toString('hex');
  #port = 0;
  #process: ChildProcess | undefined;

  private constructor(options: ServerOptions) {
    this.#options = options;
    this.installation = options.installation;
    // Short: a unix socket's path has at most 107 characters.
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'vsc-')));
    this.niiaHome = join(this.folder, 'niia');
    this.env = this.#environment();
  }

  /** Installs the packages, starts the server and waits until it answers. */
  static async start(options: ServerOptions): Promise<VsCodeServer> {
    const server = new VsCodeServer(options);
    try {
      const settings = { ...quietSettings, ...options.settings };
      server.write('data/data/User/settings.json', JSON.stringify(settings, null, 2));
      server.#link(options.linked ?? []);
      for (const file of options.packages ?? []) server.#install(file);
      if (options.locale !== undefined) server.#addLanguage(options.locale);
      await server.#listen();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Writes a file below the server's folder; returns its path. */
  write(path: string, text: string): string {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /** Address of a window on a folder; what stands in `payload` is for VS Code's browser workbench. */
  windowUrl(folder: string, payload: Readonly<Record<string, string>> = {}): string {
    const query = new URLSearchParams({ tkn: this.#token, folder });
    query.set('payload', JSON.stringify(Object.entries({ skipWelcome: 'true', ...payload })));
    return `http://127.0.0.1:${this.#port}/?${query}`;
  }

  /** A path as windows of this server name it. */
  uri(path: string): string {
    return `vscode-remote://127.0.0.1:${this.#port}${encodeURI(path)}`;
  }

  /** The ends of what the server, its extension hosts, our extension and our daemon have logged. */
  log(): string {
    const logs = globSync(
      '{server.log,data/data/logs/**/{remoteexthost,*connector.json*}.log,niia/state/*.log}',
      {
        cwd: this.folder,
      },
    );
    return logs.map(file => `── ${file}\n${lastLines(join(this.folder, file))}`).join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const pid = this.#process?.pid;
    if (pid !== undefined) await endGroup(pid);
    process.off('exit', this.#endAtOnce);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #listen(): Promise<void> {
    this.#port = await freePort();
    const output = openSync(join(this.folder, 'server.log'), 'a');
    // A group of its own: extension hosts and terminals end with it.
    const child = spawn(this.installation.node, this.#argv(), {
      cwd: join(this.folder, 'home'),
      env: this.env,
      stdio: ['ignore', output, output],
      detached: true,
    });
    closeSync(output);
    this.#process = child;
    process.once('exit', this.#endAtOnce);
    await eventually(() => child.exitCode !== null || this.#isUp(), {
      what: 'VS Code’s server',
      timeoutMs: 60_000,
      seen: () => this.log(),
    });
    if (child.exitCode !== null) throw new Error(`VS Code’s server ended:\n${this.log()}`);
  }

  readonly #endAtOnce = (): void => {
    try {
      if (this.#process?.pid !== undefined) process.kill(-this.#process.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  };

  #argv(): readonly string[] {
    return [
      ...this.#program(),
      '--host=127.0.0.1',
      `--port=${this.#port}`,
      `--connection-token=${this.#token}`,
      '--telemetry-level=off',
      '--disable-telemetry',
      '--disable-experiments',
      '--disable-update-check',
      // Ends by itself some minutes after a test that could not end it.
      '--enable-remote-auto-shutdown',
      '--reconnection-grace-time=30',
      ...(this.#options.locale === undefined ? [] : [`--locale=${this.#options.locale}`]),
      ...(this.#options.asksForTrust === true ? [] : ['--disable-workspace-trust']),
      ...(this.#options.hasDriver === true ? ['--enable-smoke-test-driver'] : []),
    ];
  }

  #program(): readonly string[] {
    return [
      this.installation.serverProgram,
      '--accept-server-license-terms',
      `--server-data-dir=${join(this.folder, 'data')}`,
      `--extensions-dir=${join(this.folder, 'extensions')}`,
    ];
  }

  /** A language counts only where there is a pack; this one translates nothing. */
  #addLanguage(locale: string): void {
    const empty = JSON.stringify({ version: '1.0.0', contents: {} });
    const translations = { vscode: this.write('language/main.i18n.json', empty) };
    const extensions = [{ extensionIdentifier: { id: 'test.language' }, version: '1.0.0' }];
    const packs = { [locale]: { hash: 'empty', label: locale, extensions, translations } };
    this.write('data/data/languagepacks.json', JSON.stringify(packs));
  }

  #link(linked: readonly string[]): void {
    const extensions = join(this.folder, 'extensions');
    mkdirSync(extensions);
    for (const [index, folder] of linked.entries())
      symlinkSync(folder, join(extensions, `linked-${index}.0.0`));
  }

  #install(file: string): void {
    const { status, stdout, stderr } = spawnSync(
      this.installation.node,
      [...this.#program(), '--install-extension', file, '--force'],
      { env: this.env, encoding: 'utf8' },
    );
    if (status !== 0 || !stdout.includes('successfully installed'))
      throw new Error(`VS Code did not install ${file}:\n${stdout}${stderr}`);
  }

  async #isUp(): Promise<boolean> {
    try {
      const url = `http://127.0.0.1:${this.#port}/version`;
      return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
    } catch {
      return false;
    }
  }

  #environment(): Record<string, string> {
    const folder = (name: string) => {
      mkdirSync(join(this.folder, name), { recursive: true });
      return join(this.folder, name);
    };
    return {
      PATH: `${dirname(this.installation.node)}${delimiter}${process.env.PATH ?? ''}`,
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      SHELL: '/bin/bash',
      HOME: folder('home'),
      XDG_CONFIG_HOME: folder('home/.config'),
      XDG_DATA_HOME: folder('home/.local/share'),
      XDG_CACHE_HOME: folder('home/.cache'),
      XDG_RUNTIME_DIR: folder('run'),
      TMPDIR: folder('tmp'),
      NIIA_HOME: folder('niia'),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Test',
      GIT_AUTHOR_EMAIL: 'test@localhost',
      GIT_COMMITTER_NAME: 'Test',
      GIT_COMMITTER_EMAIL: 'test@localhost',
      // No gallery: nothing of VS Code asks for one then.
      EXTENSIONS_GALLERY: '{}',
      // The lane finds what a test leaves behind by this marker.
      ...(process.env.NIIA_TEST_RUN ? { NIIA_TEST_RUN: process.env.NIIA_TEST_RUN } : {}),
      ...this.#options.env,
    };
  }
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}

async function endGroup(pid: number): Promise<void> {
  const signal = (name: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(-pid, name);
    } catch {
      return false;
    }
  };
  signal('SIGTERM');
  try {
    await eventually(() => !signal(0), { what: 'the end of VS Code’s server', timeoutMs: 5000 });
  } catch {
    signal('SIGKILL');
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
