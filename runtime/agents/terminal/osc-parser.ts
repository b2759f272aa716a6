/** What a program tells its terminal out of band: operating system commands and the bell, found in its raw output. Pure. */

/** One message of a program to its terminal. */
export type TerminalMessage =
  | {
      readonly kind: 'osc';
      /** The number before the first `;`. */
      readonly code: number;
      /** What follows it, UTF-8 decoded. */
      readonly text: string;
    }
  | { readonly kind: 'bell' };

/** A longer command is skipped: nothing that we read may be longer (OSC 7501 says so itself). */
export const MAX_OSC_BYTES = 4096;

const ESC = 0x1b;
const BEL = 0x07;
const BACKSLASH = 0x5c;
const CAN = 0x18;
const SUB = 0x1a;
const STRING_STARTS: ReadonlySet<number> = new Set([0x50, 0x58, 0x5e, 0x5f]);
const OSC_START = 0x5d;

/**
 * Where the parser is.
 *
 * ```
 * text ──ESC──▶ escape ──]──▶ osc ──BEL | ESC \──▶ text (message)
 *   ▲             │ └─P X ^ _─▶ string ──ESC \──▶ text      osc and string are left by CAN and SUB, too
 *   └─────────────┘ anything else
 * ```
 */
type Place = 'text' | 'escape' | 'osc' | 'osc-escape' | 'string' | 'string-escape';

/**
 * Finds messages in output that is cut anywhere. Holds at most MAX_OSC_BYTES; takes any bytes and never throws. Device
 * control strings and the like are skipped whole, so that what only looks like a message inside of one is none.
 */
export class OscParser {
  #place: Place = 'text';
  #body: number[] = [];
  #isTooLong = false;

  /** Takes the next piece and returns the messages that end in it, in order. */
  feed(bytes: Uint8Array): readonly TerminalMessage[] {
    const found: TerminalMessage[] = [];
    for (let at = 0; at < bytes.length; at += 1) {
      if (this.#place === 'text') {
        // Text is most of the output: jump to the next byte that can mean something.
        at = nextControl(bytes, at);
        if (at === bytes.length) break;
      }
      const message = this.#take(bytes[at] ?? 0);
      if (message !== undefined) found.push(message);
    }
    return found;
  }

  #take(byte: number): TerminalMessage | undefined {
    switch (this.#place) {
      case 'text':
        if (byte === BEL) return { kind: 'bell' };
        this.#place = 'escape';
        return undefined;
      case 'escape':
        this.#place = afterEscape(byte);
        this.#body = [];
        this.#isTooLong = false;
        return undefined;
      case 'osc':
        return this.#takeOsc(byte);
      case 'osc-escape':
        if (byte === BACKSLASH) return this.#endOsc();
        // Another escape sequence breaks the command off.
        this.#place = 'escape';
        return this.#take(byte);
      case 'string':
        if (byte === ESC) this.#place = 'string-escape';
        else if (byte === CAN || byte === SUB) this.#place = 'text';
        return undefined;
      case 'string-escape':
        if (byte === BACKSLASH) this.#place = 'text';
        else if (byte !== ESC) this.#place = 'string';
        return undefined;
    }
  }

  #takeOsc(byte: number): TerminalMessage | undefined {
    if (byte === BEL) return this.#endOsc();
    if (byte === ESC) this.#place = 'osc-escape';
    else if (byte === CAN || byte === SUB) this.#place = 'text';
    else if (this.#body.length < MAX_OSC_BYTES) this.#body.push(byte);
    else this.#isTooLong = true;
    return undefined;
  }

  #endOsc(): TerminalMessage | undefined {
    this.#place = 'text';
    if (this.#isTooLong) return undefined;
    const body = new TextDecoder().decode(Uint8Array.from(this.#body));
    const [, code = '', text = ''] = /^(\d{1,6})(?:;([\s\S]*))?$/.exec(body) ?? [];
    return code === '' ? undefined : { kind: 'osc', code: Number(code), text };
  }
}

function afterEscape(byte: number): Place {
  if (byte === OSC_START) return 'osc';
  if (byte === ESC) return 'escape';
  return STRING_STARTS.has(byte) ? 'string' : 'text';
}

function nextControl(bytes: Uint8Array, from: number): number {
  const nextEscape = bytes.indexOf(ESC, from);
  const end = nextEscape < 0 ? bytes.length : nextEscape;
  const bell = bytes.subarray(from, end).indexOf(BEL);
  return bell < 0 ? end : from + bell;
}
