/** Reads the channels on which a CLI tells what it does, while its terminal lives. */
import { type FSWatcher, watch } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { jsonValues } from '../agents/json-lines.ts';
import type { Channel, ChannelRecord } from '../agents/terminal/terminal-cli.ts';
import { readFrom } from './read-from.ts';
import { ServerEvents } from './server-events.ts';
import type { Clock } from './session-host.ts';

/** Where file watching says nothing (network file systems), channels are looked at so often. */
const POLL_MS = 500;
/** One line or event that is longer is skipped. */
const MAX_RECORD_BYTES = 16 * 1024 * 1024;

/** What to read, and who hears it. */
export interface ChannelOptions {
  readonly channels: readonly Channel[];
  /** The CLI's process, for channels that are named by it. */
  readonly pid: number;
  readonly clock: Clock;
  /** Id of the conversation, as soon as a record has told it. */
  conversation(): string | undefined;
  /** Called with every record in order, from the first: also after a restart of the daemon. */
  onRecord(record: ChannelRecord): void;
}

/** Channels that are being read. */
export interface OpenChannels extends Disposable {
  /** Settles when everything that was there at the call has been told. */
  drained(): Promise<void>;
}

/** Starts to read. */
export function openChannels(options: ChannelOptions): OpenChannels {
  const { channels, pid, clock, onRecord } = options;
  const readers = channels.map(channel => readerOf(channel, pid));
  const folders = new Set(readers.flatMap(({ folder }) => folder ?? []));
  const pump = new Pump(readers, onRecord);
  const watchers = new Map<string, FSWatcher>();
  let timer: Disposable | undefined;
  poll();
  function poll(): void {
    for (const folder of folders) {
      // Those that are not there yet are left to the CLI: a folder of ours could be taken for a conversation.
      const watcher = watchers.has(folder) ? undefined : watchFolder(folder, () => pump.kick());
      if (watcher !== undefined) watchers.set(folder, watcher);
    }
    pump.kick();
    timer = clock.after(POLL_MS, poll);
  }
  const servers = followServers(options, pump);
  return {
    async drained() {
      for (const server of servers) await server.caughtUp();
      await pump.drained();
    },
    [Symbol.dispose]() {
      for (const server of servers) server[Symbol.dispose]();
      pump.stop();
      timer?.[Symbol.dispose]();
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

function followServers(
  { channels, clock, conversation }: ChannelOptions,
  pump: Pump,
): readonly ServerEvents[] {
  const isRead = pump.drained();
  const onNoted = (): void => pump.kick();
  return channels
    .filter(channel => channel.kind === 'server')
    .map(channel => new ServerEvents({ channel, clock, conversation, isRead, onNoted }));
}

/** Watching is a help, not a need: where the system refuses, polling serves. */
function watchFolder(folder: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, onChange);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

interface ChannelReader {
  /** To be watched once it is there; absent = only looked at now and then. */
  readonly folder?: string;
  /** What has come since the last call. */
  read(): Promise<readonly unknown[]>;
  readonly channel: Channel['kind'];
}

/** Runs one round of reading at a time; a change during a round starts another. */
class Pump {
  readonly #readers: readonly ChannelReader[];
  readonly #onRecord: (record: ChannelRecord) => void;
  #round: Promise<void> | undefined;
  #isWanted = false;
  #isStopped = false;

  constructor(readers: readonly ChannelReader[], onRecord: (record: ChannelRecord) => void) {
    this.#readers = readers;
    this.#onRecord = onRecord;
  }

  kick(): void {
    this.#isWanted = true;
    this.#round ??= this.#run();
  }

  stop(): void {
    this.#isStopped = true;
  }

  async drained(): Promise<void> {
    this.kick();
    await this.#round;
  }

  async #run(): Promise<void> {
    while (this.#isWanted && !this.#isStopped) {
      this.#isWanted = false;
      for (const reader of this.#readers) await this.#tell(reader);
    }
    this.#round = undefined;
  }

  async #tell({ channel, read }: ChannelReader): Promise<void> {
    const records = await read();
    if (this.#isStopped) return;
    for (const data of records) this.#onRecord({ channel, data });
  }
}

function readerOf(channel: Channel, pid: number): ChannelReader {
  switch (channel.kind) {
    case 'hooks':
      return { channel: 'hooks', folder: channel.dir, read: hookEvents(channel.dir) };
    case 'lines':
      return {
        channel: 'lines',
        folder: dirname(channel.file),
        read: growingFile(channel.file, channel.from),
      };
    case 'server':
      return { channel: 'server', folder: dirname(channel.journal), read: growingFile(channel.journal) };
    case 'log':
      return { channel: 'log', folder: dirname(channel.file), read: growingLog(channel.file) };
    case 'line-files':
      return { channel: 'line-files', read: growingFiles(channel.dir) };
    case 'status':
      return {
        channel: 'status',
        folder: channel.dir,
        read: changingFile(join(channel.dir, `${pid}.json`)),
      };
  }
}

/** Files of a folder, oldest first, each once. */
function hookEvents(dir: string): () => Promise<readonly unknown[]> {
  const seen = new Set<string>();
  return async () => {
    const names = (await readdir(dir).catch(() => [])).filter(
      name => name.endsWith('.json') && !seen.has(name),
    );
    const dated = await Promise.all(
      names.map(async name => ({ name, at: await modifiedAt(join(dir, name)) })),
    );
    dated.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    const events: unknown[] = [];
    for (const { name } of dated) {
      seen.add(name);
      events.push(...parsed(await readFile(join(dir, name), 'utf8').catch(() => '')));
    }
    return events;
  };
}

async function modifiedAt(file: string): Promise<bigint> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found?.mtimeNs ?? 0n;
}

/** Values of a file that only grows, from a place where a line begins. */
function growingFile(file: string, from = 0): () => Promise<readonly unknown[]> {
  const lines = growingLog(file, from);
  return async () => (await lines()).flatMap(parsed);
}

/** Whole lines of such a file. */
function growingLog(file: string, from = 0): () => Promise<readonly string[]> {
  let offset = from;
  let rest = Buffer.alloc(0);
  return async () => {
    const piece = await readFrom(file, offset, MAX_RECORD_BYTES);
    offset += piece.length;
    const bytes = Buffer.concat([rest, piece]);
    const end = bytes.lastIndexOf(0x0a) + 1;
    rest = bytes.subarray(end).length > MAX_RECORD_BYTES ? Buffer.alloc(0) : bytes.subarray(end);
    return bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
  };
}

/** Lines of all files of a folder. */
function growingFiles(dir: string): () => Promise<readonly unknown[]> {
  const readers = new Map<string, () => Promise<readonly unknown[]>>();
  return async () => {
    const names = (await readdir(dir).catch(() => [])).filter(name => name.endsWith('.jsonl'));
    for (const name of names) if (!readers.has(name)) readers.set(name, growingFile(join(dir, name)));
    const values: unknown[] = [];
    for (const read of readers.values()) values.push(...(await read()));
    return values;
  };
}

/** A file's content whenever it is another one. */
function changingFile(file: string): () => Promise<readonly unknown[]> {
  let last = '';
  return async () => {
    const text = await readFile(file, 'utf8').catch(() => '');
    const values = parsed(text);
    if (text === last || values.length === 0) return [];
    last = text;
    return values;
  };
}

/** One JSON value, or none: what is torn or foreign says nothing. */
function parsed(text: string): readonly unknown[] {
  return text.trim() === '' || text.length > MAX_RECORD_BYTES ? [] : jsonValues(text);
}
