/** The daemon's socket: in a folder that only the user can enter, under a name of its own (design §5). */
import { randomBytes } from 'node:crypto';
import { chmod, readdir, rm } from 'node:fs/promises';
import type { Server } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../result.ts';
import { err, ok } from '../result.ts';
import { ensurePrivateDir } from './private-dir.ts';
import { isErrno } from './run-dir.ts';

/** Bytes that the path of a unix socket may have: 108 on Linux, 104 on macOS, with the final zero. */
const MAX_SOCKET_PATH = 103;

/** A listening socket and its address. */
export interface Endpoint {
  readonly server: Server;
  /** Path of the socket, or name of the Windows pipe. */
  readonly address: string;
}

/** Listens on a fresh socket in `runtimeDir` (made with mode 0700). The failure is a sentence for people. */
export async function listenPrivately(runtimeDir: string): Promise<Result<Endpoint, string>> {
  const name = `d${process.pid}-${randomBytes(4).toString('hex')}`;
  if (process.platform === 'win32') return listen(`\\\\.\\pipe\\niia-${userInfo().username}-${name}`);
  const dir = shortEnough(runtimeDir, name);
  const checked = await ensurePrivateDir(dir);
  if (!checked.ok) return checked;
  await removeStaleSockets(dir);
  const endpoint = await listen(join(dir, `${name}.sock`));
  if (endpoint.ok) await chmod(endpoint.value.address, 0o600);
  return endpoint;
}

/** A long NIIA_HOME does not fit into a socket's address: then the socket stands in the temp directory's own folder. */
function shortEnough(runtimeDir: string, name: string): string {
  if (Buffer.byteLength(join(runtimeDir, `${name}.sock`)) <= MAX_SOCKET_PATH) return runtimeDir;
  return join(tmpdir(), `niia-${process.getuid?.() ?? 0}`);
}

/** Sockets of daemons that were killed; their names carry the process. */
async function removeStaleSockets(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const pid = /^d(\d+)-[0-9a-f]{8}\.sock$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(dir, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else is a process.
    return isErrno(error, 'EPERM');
  }
}

function listen(address: string): Promise<Result<Endpoint, string>> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', error => resolve(err(`cannot listen on "${address}": ${error.message}`)));
    server.listen(address, () => resolve(ok({ server, address })));
  });
}

/** Stops listening and removes the socket. Connections that are open are the caller's. */
export function closeEndpoint({ server }: Endpoint): Promise<void> {
  return new Promise(resolve => server.close(() => resolve()));
}

/** Where the PTY host listens unless an earlier one is still found elsewhere. */
export function defaultHostSocket(runtimeDir: string): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\niia-${userInfo().username}-pty`;
  return join(shortEnough(runtimeDir, 'pty'), 'pty.sock');
}
