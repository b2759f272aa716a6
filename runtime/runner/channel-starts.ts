import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Channel, TerminalPlace } from '../agents/terminal/terminal-cli.ts';
import { noted } from './noted.ts';

const notedSchema = z.record(z.string(), z.number());

/**
 * The channels of a terminal, without the lines of those before it: a conversation that is gone on with has a file already.
 * Where its own lines begin is noted at its start, so that a daemon that is started again reads the same ones.
 */
export async function channelsFromStart(
  { folder }: TerminalPlace,
  channels: readonly Channel[],
): Promise<readonly Channel[]> {
  const note = join(folder, 'starts.json');
  const files = channels.flatMap(channel => (channel.kind === 'lines' ? [channel.file] : []));
  const starts = await startsOf(note, files);
  return channels.map(channel =>
    channel.kind === 'lines' ? { ...channel, from: starts[channel.file] ?? 0 } : channel,
  );
}

/** Bytes that were in each file (0: there was none) when this was first asked with that `note`, a file, which keeps them. */
export async function startsOf(
  note: string,
  files: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  return await noted(note, notedSchema, () => sizesOf(files));
}

async function sizesOf(files: readonly string[]): Promise<Record<string, number>> {
  const sizes = files.map(
    async file => [file, (await stat(file).catch(() => undefined))?.size ?? 0] as const,
  );
  return Object.fromEntries(await Promise.all(sizes));
}
