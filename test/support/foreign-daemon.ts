/** A daemon of another version: it answers the greeting the way every daemon must, and nothing else. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { claimFile } from '../../runtime/daemon/claim.ts';
import { otherVersion, toResponseError } from '../../runtime/daemon/failure.ts';

/** Starts it for a `NIIA_HOME`. */
export async function startForeignDaemon(niiaHome: string): Promise<AsyncDisposable> {
  const stateDir = join(niiaHome, 'state');
  const socket = join(niiaHome, 'foreign.sock');
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const server = createServer(client => {
    const connection = createMessageConnection(
      new StreamMessageReader(client),
      new StreamMessageWriter(client),
    );
    connection.onRequest('hello', (hello: { readonly version: string }) =>
      toResponseError(otherVersion(hello.version, '9.9.9')),
    );
    connection.onRequest('daemon/stop', () => ({ unfinished: [] }));
    client.on('error', () => client.destroy());
    connection.listen();
  });
  await new Promise<void>(resolve => server.listen(socket, resolve));
  const claim = {
    pid: process.pid,
    version: '9.9.9',
    protocol: 999,
    socket,
    startedAt: new Date().toISOString(),
  };
  writeFileSync(claimFile(stateDir), JSON.stringify(claim));
  return {
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}
