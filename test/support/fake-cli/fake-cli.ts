/**
 * A remote-controlled CLI for tests. The test puts it on PATH under any name (`claude`, `codex`, …); every process that is
 * started under that name reports to the test and then does what it is told: print, flood, hang, crash, write files,
 * spawn children that leave its process group. Nothing sleeps: what does not get an order waits for one.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { eventually } from '../wait.ts';

const helloSchema = z.object({
  name: z.string(),
  argv: z.array(z.string()),
  pid: z.number(),
  cwd: z.string(),
  env: z.record(z.string(), z.string()),
});

const messageSchema = z.object({
  hello: helloSchema.optional(),
  id: z.number().optional(),
  value: z.unknown().optional(),
  error: z.string().optional(),
  signal: z.string().optional(),
});

const program = fileURLToPath(new URL('program.mjs', import.meta.url));

/** The rig: a folder for PATH and the socket its CLIs report to. Disposing ends every one of them. */
export class FakeCli implements AsyncDisposable {
  /** Folder with the programs; goes first on PATH. */
  readonly bin: string;
  readonly #folder: string;
  readonly #socketPath: string;
  readonly #server: Server;
  readonly #waiting: FakeProcess[] = [];
  #listener: ((process: FakeProcess) => Promise<unknown>) | undefined;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'fake-cli-'));
    this.bin = join(this.#folder, 'bin');
    mkdirSync(this.bin);
    const isWindows = process.platform === 'win32';
    this.#socketPath = isWindows
      ? `\\\\.\\pipe\\${this.#folder.replaceAll(/[\\:]/g, '-')}`
      : join(this.#folder, 'socket');
    this.#server = createServer(socket => this.#accept(socket));
  }

  /** Starts a rig with programs of these names. */
  static async start(...names: readonly string[]): Promise<FakeCli> {
    const rig = new FakeCli();
    await new Promise<void>(resolve => rig.#server.listen(rig.#socketPath, resolve));
    for (const name of names) rig.install(name);
    return rig;
  }

  /** Puts the fake CLI on PATH under a name; returns the program's path. */
  install(name: string): string {
    const isWindows = process.platform === 'win32';
    const file = join(this.bin, isWindows ? `${name}.cmd` : name);
    const shim = isWindows
      ? `@"${process.execPath}" "${program}" ${name} %*\r\n`
      : `#!/bin/sh\nexec '${process.execPath}' '${program}' ${name} "$@"\n`;
    writeFileSync(file, shim);
    chmodSync(file, 0o755);
    return file;
  }

  /** What a process needs to find the fake CLIs and the test: merged into its environment. */
  get env(): { readonly PATH: string; readonly FAKE_CLI_SOCKET: string } {
    const PATH = `${this.bin}${delimiter}${process.env.PATH ?? ''}`;
    return { PATH, FAKE_CLI_SOCKET: this.#socketPath };
  }

  /** The next process that was started under this name (any, if none is given) and is not taken yet. */
  next(name?: string): Promise<FakeProcess> {
    const take = (): FakeProcess | undefined => {
      const at = this.#waiting.findIndex(process => name === undefined || process.hello.name === name);
      return at === -1 ? undefined : this.#waiting.splice(at, 1)[0];
    };
    return eventually(take, {
      what: `a start of ${name ?? 'a fake CLI'}`,
      seen: () => this.#waiting.map(({ hello }) => [hello.name, ...hello.argv]),
    });
  }

  /** From now on every process is the listener's as soon as it reports. An order that a killed process cannot take is dropped. */
  serve(listener: (process: FakeProcess) => Promise<unknown>): void {
    this.#listener = listener;
  }

  /** Processes that reported and were not taken: none may be left where a start would be a bug. */
  get untaken(): number {
    return this.#waiting.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise(resolve => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    let process: FakeProcess | undefined;
    createInterface({ input: socket }).on('line', line => {
      const message = messageSchema.parse(JSON.parse(line));
      if (message.hello === undefined) {
        process?.receive(message);
      } else {
        process = new FakeProcess(socket, message.hello);
        if (this.#listener === undefined) this.#waiting.push(process);
        else this.#listener(process).catch(() => {});
      }
    });
  }
}

/** One running fake CLI. Each order settles when it is done. */
export class FakeProcess {
  /** How it was started. */
  readonly hello: z.infer<typeof helloSchema>;
  /** Signals it was told to ignore and got. */
  readonly signals: string[] = [];
  /** Settles when the process is gone. */
  readonly gone: Promise<void>;
  readonly #socket: Socket;
  readonly #orders = new Map<number, (message: z.infer<typeof messageSchema>) => void>();

  /** Made by the rig. */
  constructor(socket: Socket, hello: z.infer<typeof helloSchema>) {
    this.#socket = socket;
    this.hello = hello;
    this.gone = new Promise(resolve => socket.once('close', () => resolve()));
  }

  /** Prints text on stdout, as it is. */
  print(text: string): Promise<unknown> {
    return this.#order('print', { text });
  }

  /** Prints JSON lines on stdout. */
  say(...values: readonly unknown[]): Promise<unknown> {
    return this.print(values.map(value => `${JSON.stringify(value)}\n`).join(''));
  }

  /** Prints text on stderr. */
  printError(text: string): Promise<unknown> {
    return this.#order('printError', { text });
  }

  /** Prints so many bytes, made of repetitions of `line`. */
  flood(bytes: number, line = `${'x'.repeat(99)}\n`): Promise<unknown> {
    return this.#order('flood', { bytes, line });
  }

  /** Writes a file. */
  write(path: string, content: string): Promise<unknown> {
    return this.#order('write', { path, content });
  }

  /** Starts a child, in a session of its own if `isDetached`; returns its pid. */
  async spawn(argv: readonly string[], isDetached: boolean): Promise<number> {
    return z.number().parse(await this.#order('spawn', { argv, isDetached }));
  }

  /** Everything on stdin, to its end. */
  async stdin(): Promise<string> {
    return z.string().parse(await this.#order('stdin', {}));
  }

  /** Ignores these signals from now on, and notes them. */
  ignore(...signals: readonly NodeJS.Signals[]): Promise<unknown> {
    return this.#order('ignore', { signals });
  }

  /** Exits with a code. */
  async exit(code: number): Promise<void> {
    this.#send('exit', { code });
    await this.gone;
  }

  /** Dies by a signal. */
  async crash(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#send('crash', { signal });
    await this.gone;
  }

  /** For the rig: a message of the process. */
  receive(message: z.infer<typeof messageSchema>): void {
    if (message.signal !== undefined) this.signals.push(message.signal);
    if (message.id !== undefined) this.#orders.get(message.id)?.(message);
  }

  #order(action: string, parameters: object): Promise<unknown> {
    const id = this.#send(action, parameters);
    return new Promise((resolve, reject) => {
      void this.gone.then(() => reject(new Error(`the fake CLI was gone before it could ${action}`)));
      this.#orders.set(id, ({ value, error }) =>
        error === undefined ? resolve(value) : reject(new Error(error)),
      );
    });
  }

  #send(action: string, parameters: object): number {
    const id = this.#orders.size + 1;
    this.#orders.set(id, () => {});
    this.#socket.write(`${JSON.stringify({ id, action, ...parameters })}\n`);
    return id;
  }
}
