/**
 * Notes what a CLI's own server tells in a file of lines, which is then read like any other and outlives this process. The
 * connection is made again whenever it is lost, for as long as the terminal is watched.
 */
import { appendFile, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createParser } from 'eventsource-parser';
import { jsonValue, jsonValues } from '../agents/json-lines.ts';
import type { ServerChannel } from '../agents/terminal/terminal-cli.ts';
import { deferred } from '../deferred.ts';
import type { Clock } from './session-host.ts';

/** A server that starts takes connections which it never answers. */
const ANSWER_MS = 3000;
/** opencode gives a sign of life every 10 s. */
const SILENCE_MS = 40_000;
const RECONNECT_MS = 250;
/** So long the server of a terminal that is found again may take to answer. */
const CATCH_UP_MS = 5000;
/** A longer event ends the connection. */
const MAX_EVENT_LENGTH = 16 * 1024 * 1024;

/** What is followed. */
export interface ServerEventsOptions {
  readonly channel: ServerChannel;
  readonly clock: Clock;
  /** Id of the conversation, as soon as it is known. */
  conversation(): string | undefined;
  /** When what was noted before has been read: what it says of the conversation is needed to ask. */
  readonly isRead: Promise<void>;
  /** Called after something was noted. */
  onNoted(): void;
}

/** Follows one server until disposed. */
export class ServerEvents implements Disposable {
  readonly #options: ServerEventsOptions;
  readonly #stop = new AbortController();
  readonly #wasNoted: Promise<boolean>;
  readonly #connected: Promise<void>;
  readonly #tellConnected: () => void;
  #pause: Disposable | undefined;

  constructor(options: ServerEventsOptions) {
    this.#options = options;
    const { promise, resolve } = deferred<void>();
    this.#connected = promise;
    this.#tellConnected = resolve;
    this.#wasNoted = stat(options.channel.journal).then(
      ({ size }) => size > 0,
      () => false,
    );
    void this.#follow();
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
    this.#pause?.[Symbol.dispose]();
    this.#tellConnected();
  }

  /**
   * Settles when what happened unheard has been noted. A server that was never heard may not be there yet, and one that does
   * not answer is not waited for.
   */
  async caughtUp(): Promise<void> {
    if (!(await this.#wasNoted)) return;
    const { promise: late, resolve } = deferred<void>();
    using _patience = this.#options.clock.after(CATCH_UP_MS, resolve);
    await Promise.race([this.#connected, late]);
  }

  async #follow(): Promise<void> {
    await Promise.all([this.#options.isRead, this.#wasNoted]);
    while (!this.#stop.signal.aborted) {
      await this.#listen().catch(() => undefined);
      await new Promise<void>(resolve => {
        this.#pause = this.#options.clock.after(RECONNECT_MS, resolve);
      });
    }
  }

  /** One connection, to its end. Events that come while the questions are answered wait in the stream. */
  async #listen(): Promise<void> {
    const { channel, clock } = this.#options;
    const stream = await this.#get(channel.events);
    if (stream === undefined) return;
    const silence = new Silence(clock, () => stream.destroy());
    try {
      const asked = await this.#askAll();
      await this.#note([{ at: clock.now(), asked }]);
      this.#tellConnected();
      await this.#noteStream(stream, silence);
    } finally {
      silence[Symbol.dispose]();
      stream.destroy();
    }
  }

  async #noteStream(stream: IncomingMessage, silence: Silence): Promise<void> {
    const told: unknown[] = [];
    const parser = createParser({
      onEvent: ({ data }) => told.push(...jsonValues(data)),
      maxBufferSize: MAX_EVENT_LENGTH,
    });
    for await (const piece of stream.setEncoding('utf8')) {
      silence.broken();
      parser.feed(String(piece));
      await this.#note(told.splice(0));
    }
  }

  async #note(told: readonly unknown[]): Promise<void> {
    const { channel, onNoted } = this.#options;
    const records = told.map(one => channel.keep(one)).filter(record => record !== undefined);
    if (records.length === 0 || this.#stop.signal.aborted) return;
    const lines = records.map(record => `${JSON.stringify(record)}\n`).join('');
    await appendFile(channel.journal, lines, { mode: 0o600 });
    onNoted();
  }

  async #askAll(): Promise<Readonly<Record<string, unknown>>> {
    const { channel, conversation } = this.#options;
    const id = conversation();
    const answers: [string, unknown][] = [];
    for (const [name, path] of Object.entries(channel.asks)) {
      if (id === undefined && path.includes(CONVERSATION)) continue;
      answers.push([name, await this.#ask(path.replace(CONVERSATION, encodeURIComponent(id ?? '')))]);
    }
    return Object.fromEntries(answers);
  }

  /** Undefined where the server has no answer. */
  async #ask(path: string): Promise<unknown> {
    const stream = await this.#get(path);
    if (stream === undefined) return undefined;
    using _silence = new Silence(this.#options.clock, () => stream.destroy());
    let text = '';
    for await (const piece of stream.setEncoding('utf8')) text += String(piece);
    return jsonValue(text);
  }

  /** The answer's stream, once the server has begun it; undefined where the server refuses it. */
  async #get(path: string): Promise<IncomingMessage | undefined> {
    const { channel, clock } = this.#options;
    // Only where a server is followed: the module takes 6 MB of a daemon that is there all day.
    const { request } = await import('node:http');
    const { port, password } = channel.server;
    const auth = `${channel.user}:${password}`;
    const asking = request({ host: '127.0.0.1', port, path, auth, agent: false, signal: this.#stop.signal });
    using _patience = clock.after(ANSWER_MS, () => asking.destroy(new Error('no answer')));
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      asking.on('response', resolve).on('error', reject).end();
    });
    // Its end is told to whom reads it; nobody else has to hear of it.
    answer.on('error', () => undefined);
    if (answer.statusCode === 200) return answer;
    answer.destroy();
    return undefined;
  }
}

const CONVERSATION = '{conversation}';

/** Calls back when a stream has been silent for long. */
class Silence implements Disposable {
  readonly #clock: Clock;
  readonly #onLong: () => void;
  #timer: Disposable | undefined;

  constructor(clock: Clock, onLong: () => void) {
    this.#clock = clock;
    this.#onLong = onLong;
    this.broken();
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
  }

  /** Something was heard. */
  broken(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#clock.after(SILENCE_MS, this.#onLong);
  }
}
