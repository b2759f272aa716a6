/** Hides secret texts in what is recorded. Every byte is replaced by one byte, so that offsets stay what they are. */
export interface Mask {
  /** Replaces the secrets in `bytes` by asterisks, in place. */
  hide(bytes: Buffer): void;
  /** Length of the end of `bytes` that may be the beginning of a secret whose rest is still to come. */
  openEnd(bytes: Buffer): number;
}

const ASTERISK = 0x2a;

/** A mask for these texts; undefined if there are none. */
export function createMask(secrets: readonly string[]): Mask | undefined {
  // Longest first: a secret that contains another one is hidden whole.
  const patterns = secrets
    .filter(secret => secret !== '')
    .map(secret => Buffer.from(secret))
    .sort((a, b) => b.length - a.length);
  if (patterns.length === 0) return undefined;
  return {
    hide: bytes => {
      for (const pattern of patterns) hideOne(bytes, pattern);
    },
    openEnd: bytes => Math.max(...patterns.map(pattern => openEndOf(bytes, pattern))),
  };
}

function hideOne(bytes: Buffer, pattern: Buffer): void {
  for (let at = bytes.indexOf(pattern); at >= 0; at = bytes.indexOf(pattern, at + pattern.length)) {
    bytes.fill(ASTERISK, at, at + pattern.length);
  }
}

function openEndOf(bytes: Buffer, pattern: Buffer): number {
  for (let length = Math.min(pattern.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(pattern.subarray(0, length))) return length;
  }
  return 0;
}
