import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Channel, TerminalPlace } from '../agents/terminal/terminal-cli.ts';

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
  const starts = (await readNote(note)) ?? (await sizesOf(channels));
  await writeFile(note, JSON.stringify(starts), { mode: 0o600 });
  return channels.map(channel =>
    channel.kind === 'lines' ? { ...channel, from: starts[channel.file] ?? 0 } : channel,
  );
}

async function readNote(file: string): Promise<z.infer<typeof notedSchema> | undefined> {
  try {
    return notedSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Bytes in each file of lines; 0 where there is none yet. */
async function sizesOf(channels: readonly Channel[]): Promise<Readonly<Record<string, number>>> {
  const files = channels.flatMap(channel => (channel.kind === 'lines' ? [channel.file] : []));
  const sizes = files.map(
    async file => [file, (await stat(file).catch(() => undefined))?.size ?? 0] as const,
  );
  return Object.fromEntries(await Promise.all(sizes));
}
