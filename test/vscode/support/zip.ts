/** Reads the zip that a .vsix is: no encryption, no parts over 4 GB. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

/** A file in a zip. */
export interface ZipEntry {
  readonly path: string;
  /** Unix permissions; 0 where the packer noted none. */
  readonly mode: number;
  /** Bytes in the zip. */
  readonly packedBytes: number;
  read(): Buffer;
}

const centralSignature = 0x02014b50;
const endSignature = 0x06054b50;

/** The files of a zip, in its order. */
export function zipEntries(file: string): readonly ZipEntry[] {
  const zip = readFileSync(file);
  const end = zip.lastIndexOf(Buffer.from(Uint32Array.of(endSignature).buffer));
  if (end === -1) throw new Error(`${file} is no zip`);
  const entries: ZipEntry[] = [];
  let at = zip.readUInt32LE(end + 16);
  while (zip.readUInt32LE(at) === centralSignature) {
    const nameLength = zip.readUInt16LE(at + 28);
    const path = zip.toString('utf8', at + 46, at + 46 + nameLength);
    if (!path.endsWith('/')) entries.push(entryAt(zip, at, path));
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

/** Writes the extension in a .vsix to a folder, which becomes the extension's own. */
export function unpackExtension(vsix: string, folder: string): void {
  const inside = 'extension/';
  for (const { path, mode, read } of zipEntries(vsix)) {
    if (!path.startsWith(inside)) continue;
    const file = join(folder, path.slice(inside.length));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, read());
    if (mode !== 0) chmodSync(file, mode);
  }
}

function entryAt(zip: Buffer, at: number, path: string): ZipEntry {
  const isDeflated = zip.readUInt16LE(at + 10) === 8;
  const packedBytes = zip.readUInt32LE(at + 20);
  const local = zip.readUInt32LE(at + 42);
  const read = () => {
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(start, start + packedBytes);
    return isDeflated ? inflateRawSync(packed) : Buffer.from(packed);
  };
  return { path, mode: (zip.readUInt32LE(at + 38) >>> 16) & 0o777, packedBytes, read };
}
