import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ServerChannel } from '../../../runtime/agents/terminal/terminal-cli.ts';
import { localServer } from '../../../runtime/runner/local-server.ts';
import { systemClock } from '../../../runtime/runner/session-host.ts';
import { type OpenChannels, openChannels } from '../../../runtime/runner/terminal-channels.ts';
import { eventually } from '../../support/wait.ts';

const PASSWORD = 'of the test';
const AUTHORIZATION = `Basic ${Buffer.from(`me:${PASSWORD}`).toString('base64')}`;

/** A server like a CLI's own, whose streams the test writes to. */
class FakeServer implements AsyncDisposable {
  readonly asked: string[] = [];
  /** Streams that were ever opened. */
  streams = 0;
  #stream: ServerResponse | undefined;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.#answer(request, response),
    );
  }

  static async start(): Promise<FakeServer> {
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return new FakeServer(server);
  }

  get port(): number {
    // It listens on TCP.
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  say(text: string): void {
    this.#stream?.write(text);
  }

  cut(): void {
    this.#stream?.destroy();
    this.#stream = undefined;
  }

  #answer({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
    if (headers.authorization !== AUTHORIZATION) {
      response.writeHead(401).end();
    } else if (url === '/event') {
      this.streams += 1;
      this.#stream = response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
    } else {
      this.asked.push(url);
      response.writeHead(url === '/unknown' ? 404 : 200).end(JSON.stringify({ state: url }));
    }
  }
}

/** A terminal's channel to such a server. */
class Rig implements AsyncDisposable {
  readonly server: FakeServer;
  readonly folder = mkdtempSync(join(tmpdir(), 'server-events-'));
  readonly #open: OpenChannels[] = [];
  conversation: string | undefined;

  private constructor(server: FakeServer) {
    this.server = server;
  }

  static async start(): Promise<Rig> {
    return new Rig(await FakeServer.start());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const channels of this.#open) channels[Symbol.dispose]();
    await this.server[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Opens the channel as a daemon does; what it is told. */
  listen(password = PASSWORD): { readonly told: unknown[]; readonly channels: OpenChannels } {
    const told: unknown[] = [];
    const channel: ServerChannel = {
      kind: 'server',
      server: { port: this.server.port, password },
      user: 'me',
      events: '/event',
      asks: { state: '/state', more: '/of/{conversation}', missing: '/unknown' },
      keep: value => (Object(value).kept === false ? undefined : (Object(value).asked ?? value)),
      journal: join(this.folder, 'events.jsonl'),
    };
    const channels = openChannels({
      ...{ channels: [channel], pid: process.pid, clock: systemClock },
      conversation: () => this.conversation,
      onRecord: ({ data }) => told.push(data),
    });
    this.#open.push(channels);
    return { told, channels };
  }
}

async function untilTold(told: readonly unknown[], count: number): Promise<void> {
  await eventually(() => told.length >= count, { what: `${count} records`, seen: () => told });
}

test('a server is asked for its state, and tells its events whatever the pieces they come in', async () => {
  await using rig = await Rig.start();
  const { told } = rig.listen();
  await untilTold(told, 1);
  rig.server.say('data: {"n":1}\n\ndata: {"kept":fal');
  rig.server.say('se}\n\n: a sign of life\n\ndata: {"n":\ndata: 2}\n\ndata: torn {\n\n');
  rig.server.say('data: {"n":3}\n\n');
  await untilTold(told, 4);
  assert.deepEqual(told, [{ state: { state: '/state' } }, { n: 1 }, { n: 2 }, { n: 3 }]);
});

test('a connection that is lost is made again, and asks for the conversation that is known by then', async () => {
  await using rig = await Rig.start();
  const { told } = rig.listen();
  await untilTold(told, 1);
  rig.conversation = 'a b';
  rig.server.cut();
  await untilTold(told, 2);
  rig.server.say('data: {"n":1}\n\n');
  await untilTold(told, 3);
  const more = { state: '/of/a%20b' };
  assert.deepEqual(told.slice(1), [{ state: { state: '/state' }, more }, { n: 1 }]);
});

test('what was told is told again after a restart, before the state is asked for', async () => {
  await using rig = await Rig.start();
  const before = rig.listen();
  await untilTold(before.told, 1);
  rig.server.say('data: {"n":1}\n\n');
  await untilTold(before.told, 2);
  before.channels[Symbol.dispose]();
  const after = rig.listen();
  await after.channels.drained();
  assert.deepEqual(after.told, [...before.told, { state: { state: '/state' } }]);
  assert.equal(rig.server.streams, 2);
});

test('a server that was never heard is not waited for', async () => {
  await using rig = await Rig.start();
  const { told, channels } = rig.listen('of somebody else');
  await channels.drained();
  assert.deepEqual([told, rig.server.streams], [[], 0]);
});

test('each terminal has a server of its own, which is the same after a restart', async () => {
  await using rig = await Rig.start();
  await using other = await Rig.start();
  const [first, again, second] = [
    await localServer(rig.folder),
    await localServer(rig.folder),
    await localServer(other.folder),
  ];
  assert.deepEqual(again, first);
  assert.notEqual(second.port, first.port);
  assert.notEqual(second.password, first.password);
});
