import { open } from 'node:fs/promises';

/** What stands in a file from a byte on, at most `maxBytes`; empty where there is no such file, or no more in it. */
export async function readFrom(file: string, offset: number, maxBytes: number): Promise<Buffer> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.max(0, Math.min(size - offset, maxBytes)));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
    return buffer.subarray(0, bytesRead);
  } catch {
    return Buffer.alloc(0);
  }
}
