/** Where the server of a CLI in a terminal will be: chosen once per terminal, and found again after a restart. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import * as z from 'zod';
import type { LocalServer } from '../agents/terminal/terminal-cli.ts';
import { noted } from './noted.ts';

const serverSchema = z.object({ port: z.number(), password: z.string() });

/** The server of the terminal whose channels are in `folder`. The folder is there, and nobody else can read it. */
export async function localServer(folder: string): Promise<LocalServer> {
  return await noted(join(folder, 'server.json'), serverSchema, async () => ({
    port: await freePort(),
    password: randomBytes(24).toString('base64url'),
  }));
}

/** Ports that were given away, though their CLIs may not listen yet. */
const given = new Set<number>();

/**
 * A port that nothing listens on. A CLI that finds it taken all the same ends at once, which counts as one that could not
 * start.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const probe = createServer();
    probe.listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const address = probe.address();
    probe.close();
    await once(probe, 'close');
    if (address === null || typeof address === 'string' || given.has(address.port)) continue;
    given.add(address.port);
    return address.port;
  }
}
