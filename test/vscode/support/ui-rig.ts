/**
 * A user's afternoon: a repository, the packed extension installed in a VS Code, a window on it. Disposing the rig ends
 * every run, daemon and terminal that came of it.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { type Browser, openBrowser } from './browser.ts';
import { builtPackage } from './built-package.ts';
import { awaitEnd, endRuns } from './end-runs.ts';
import { type Edition, ensureVsCode, skipWithoutWindow } from './installation.ts';
import { type ServerOptions, VsCodeServer } from './vscode-server.ts';
import { Workbench } from './workbench.ts';

const root = join(import.meta.dirname, '../../..');
/** Pictures of windows whose test failed. */
const failures = join(root, 'test/.tmp/ui');

/** What a window is opened on. */
export interface UiOptions extends Pick<ServerOptions, 'settings' | 'env' | 'asksForTrust' | 'locale'> {
  /** Files of the repository, by relative path; committed. */
  readonly files: Readonly<Record<string, string>>;
  /** The file to show first; relative. */
  readonly file?: string;
  readonly editions?: readonly Edition[];
  readonly size?: { readonly width: number; readonly height: number };
}

/** One window with all that belongs to it. */
export class UiRig implements AsyncDisposable {
  /** The repository. */
  readonly folder: string;
  readonly server: VsCodeServer;
  readonly browser: Browser;
  readonly workbench: Workbench;
  readonly #place: string;

  private constructor(place: string, server: VsCodeServer, browser: Browser) {
    this.#place = place;
    this.folder = join(place, 'work');
    this.server = server;
    this.browser = browser;
    this.workbench = new Workbench(browser.page);
  }

  /** Makes the repository, starts VS Code and opens the window. */
  static async open(edition: Edition, options: UiOptions): Promise<UiRig> {
    const place = realpathSync(mkdtempSync(join(tmpdir(), 'ui-')));
    await using started = new AsyncDisposableStack();
    started.defer(() => rmSync(place, { recursive: true, force: true }));
    const server = started.use(
      await VsCodeServer.start({
        ...options,
        installation: ensureVsCode(edition),
        packages: [builtPackage()],
      }),
    );
    const browser = started.use(await openBrowser(options.size));
    const rig = new UiRig(place, server, browser);
    rig.#makeRepository(options.files);
    await rig.workbench.open(server, {
      folder: rig.folder,
      ...(options.file === undefined ? {} : { file: join(rig.folder, options.file) }),
    });
    started.move();
    return rig;
  }

  /** Text of a file of the repository. */
  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  /** Runs git in the repository. */
  git(...args: readonly string[]): string {
    return execFileSync('git', args, { cwd: this.folder, env: this.server.env, encoding: 'utf8' }).trimEnd();
  }

  /** Runs the built command line in the repository, against the same daemon. */
  niia(...args: readonly string[]): string {
    const argv = [join(root, 'dist/niia.js'), ...args];
    return execFileSync(process.execPath, argv, {
      cwd: this.folder,
      env: this.server.env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Keeps what is to be seen of a failed test: a picture, and the ends of all logs. */
  async explain(name: string): Promise<string> {
    const file = join(failures, `${name.replaceAll(/\W+/g, '-')}.png`);
    await this.workbench.shot(file).catch(() => {});
    return `${file}\n${this.server.log()}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    endRuns(this.server.env);
    await this.browser[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
    await awaitEnd(this.server.niiaHome);
    rmSync(this.#place, { recursive: true, force: true });
    // Once more: what ended last may have written there.
    rmSync(this.server.folder, { recursive: true, force: true });
  }

  #makeRepository(files: UiOptions['files']): void {
    mkdirSync(this.folder);
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    this.git('init', '--quiet', '--initial-branch=main');
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', 'first');
  }
}

/** A test in a window of its own, in the newest and in the oldest supported VS Code. */
export function uiTest(name: string, options: UiOptions, body: (rig: UiRig) => Promise<void>): void {
  for (const edition of options.editions ?? (['latest', 'floor'] as const)) {
    test(`${name} (VS Code ${edition})`, { skip: skipWithoutWindow(edition) }, async () => {
      await using rig = await UiRig.open(edition, options);
      try {
        await body(rig);
      } catch (error) {
        console.error(await rig.explain(`${name} ${edition}`));
        throw error;
      }
    });
  }
}
