/** Longest name we make; leaves room for a `.lock` and a number under every system's 255 bytes. */
export const MAX_NAME_LENGTH = 100;

const FALLBACK_NAME = 'unnamed';

/** Names that Windows gives to devices, with or without an extension. */
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i;

/**
 * Makes any text a single path component that is good for a git ref and for a file name on every platform (spec
 * §5.2): NFC, 1 to {@link MAX_NAME_LENGTH} UTF-8 bytes, letters, digits, `.`, `_`, `-`. Applying it again changes nothing.
 * Different texts may give the same name: see {@link nameKey}.
 */
export function safeName(text: string): string {
  const cleaned = text
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}\p{M}._-]+/gu, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/-{2,}/g, '-');
  return escapeReserved(trimEnds(cutToBytes(trimEnds(cleaned), MAX_NAME_LENGTH))) || FALLBACK_NAME;
}

/** Whether a text is usable as it is. */
export function isSafeName(text: string): boolean {
  return text === safeName(text);
}

/**
 * What two names share exactly if some file system takes one for the other (case, Unicode form): compare keys, not
 * names, when names must differ.
 */
export function nameKey(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/** The n-th name to try after `name` itself: `name-2`, `name-3`, …; still within the length limit. */
export function numberedName(name: string, n: number): string {
  const suffix = `-${n}`;
  return `${trimEnds(cutToBytes(name, MAX_NAME_LENGTH - suffix.length))}${suffix}`;
}

/** No leading dot or dash (hidden file, option), no trailing dot, dash or `.lock` (Windows, git). */
function trimEnds(text: string): string {
  let result = text;
  for (;;) {
    const next = result
      .replace(/^[.\-\p{M}]+/u, '')
      .replace(/[.-]+$/, '')
      .replace(/\.lock$/i, '');
    if (next === result) return result;
    result = next;
  }
}

function escapeReserved(name: string): string {
  return RESERVED.test(name) ? cutToBytes(`_${name}`, MAX_NAME_LENGTH) : name;
}

function cutToBytes(text: string, maxBytes: number): string {
  let bytes = 0;
  let result = '';
  for (const character of text) {
    bytes += utf8Length(character);
    if (bytes > maxBytes) break;
    result += character;
  }
  return result;
}

function utf8Length(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}
