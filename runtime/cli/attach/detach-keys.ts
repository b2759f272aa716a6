/** Finds the detach sequence Ctrl-] d in what the user types into an attached terminal. */

/** Ctrl-] as terminals send it, and as the kitty keyboard protocol sends it once a program has switched that on. */
const PREFIXES = ['\u001d', '\u001b[93;5u'];

/** What became of a piece of input: bytes for the session, and whether the user wants to leave. */
export interface FilteredInput {
  readonly forward: Buffer;
  readonly isDetached: boolean;
}

/**
 * A filter with memory: Ctrl-] is held back until the next key. `d` detaches; a second Ctrl-] sends one Ctrl-]; any
 * other key is sent with the Ctrl-] before it.
 */
export function createDetachFilter(): (input: Buffer) => FilteredInput {
  let held = '';
  return input => {
    // latin1 maps bytes to characters one to one, so that cut UTF-8 passes unharmed.
    let rest = held + input.toString('latin1');
    let forward = '';
    held = '';
    while (rest !== '') {
      const prefix = PREFIXES.find(each => rest.startsWith(each));
      if (prefix === undefined) {
        forward += rest.charAt(0);
        rest = rest.slice(1);
        continue;
      }
      const after = rest.slice(prefix.length);
      if (after === '') {
        held = prefix;
        break;
      }
      if (after.startsWith('d')) return { forward: Buffer.from(forward, 'latin1'), isDetached: true };
      const repeated = PREFIXES.find(each => after.startsWith(each));
      forward += prefix;
      rest = repeated === undefined ? after : after.slice(repeated.length);
    }
    return { forward: Buffer.from(forward, 'latin1'), isDetached: false };
  };
}
