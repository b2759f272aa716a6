/** Terminal output as plain lines: what a person would have read, without colours and redrawing. */
import { StringDecoder } from 'node:string_decoder';
import { printable } from '../printable.ts';

/** Lines that never end (a progress bar over megabytes) are cut here. */
const MAX_LINE_CHARACTERS = 1024 * 1024;

/** Turns output, cut anywhere, into whole lines. */
export interface LineReader {
  feed(bytes: Uint8Array): readonly string[];
  /** The last line, if it has no end. */
  end(): readonly string[];
}

/** A reader for one session. A carriage return starts its line again, as on a terminal: the last version counts. */
export function createLineReader(): LineReader {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  return {
    feed(bytes) {
      const lines = (
        pending + decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
      ).split('\n');
      pending = (lines.pop() ?? '').slice(-MAX_LINE_CHARACTERS);
      return lines.map(plainLine);
    },
    end() {
      const last = plainLine(pending + decoder.end());
      pending = '';
      return last === '' ? [] : [last];
    },
  };
}

function plainLine(line: string): string {
  const text = line.replace(/\r+$/, '');
  return printable(text.slice(text.lastIndexOf('\r') + 1)).trimEnd();
}
