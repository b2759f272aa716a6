import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A disk that can be full. */
export interface Disk {
  isFull: boolean;
}

/**
 * Makes every write to an open file behave as on a full disk while `isFull`: some bytes are written, then ENOSPC. Ends with
 * the test.
 */
export async function fillDisk(context: TestContext): Promise<Disk> {
  const disk: Disk = { isFull: true };
  const prototype = await fileHandlePrototype();
  const write = prototype.write;
  context.mock.method(
    prototype,
    'write',
    async function (this: unknown, bytes: Buffer, offset: number, length: number, position: number) {
      if (!disk.isFull) return await Reflect.apply(write, this, [bytes, offset, length, position]);
      await Reflect.apply(write, this, [bytes, offset, Math.min(length, 7), position]);
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    },
  );
  return disk;
}

type Write = (bytes: Buffer, offset: number, length: number, position: number) => Promise<unknown>;

/** All file handles share it; Node does not export it. */
async function fileHandlePrototype(): Promise<{ write: Write }> {
  const dir = await mkdtemp(join(tmpdir(), 'niia-handle-'));
  const handle = await open(join(dir, 'file'), 'w');
  const prototype: { write: Write } = Object.getPrototypeOf(handle);
  await handle.close();
  await rm(dir, { recursive: true });
  return prototype;
}
