/** What a program says about itself in its terminal: OSC 7501, the Program Status Protocol. Pure. */

/** A program's state, as we name it. */
export interface ProgramStatus {
  /** `blocked`: it waits for a person. */
  readonly kind: 'working' | 'idle' | 'blocked' | 'done' | 'error';
  /** The report's own words. */
  readonly text: string;
}

const REPORT = /\x1b\]7501;([^\x07\x1b]{0,4096})(?:\x07|\x1b\\)/g;
const STATES: ReadonlySet<string> = new Set(['working', 'idle', 'blocked', 'done', 'error']);

/**
 * The program's latest report about itself in a piece of output. Undefined: it made none, or took it back (`clear`).
 * Reports about child tasks (`id=…`) do not say what the program does.
 */
export function readProgramStatus(output: string): ProgramStatus | undefined {
  let latest: ProgramStatus | undefined;
  for (const [, body = ''] of output.matchAll(REPORT)) {
    const fields = new Map(body.split(':').map(pair => splitPair(pair)));
    if (fields.has('id')) continue;
    const state = fields.get('state') ?? '';
    if (state === 'clear') latest = undefined;
    else if (isState(state)) latest = { kind: state, text: state };
  }
  return latest;
}

function splitPair(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}

function isState(text: string): text is ProgramStatus['kind'] {
  return STATES.has(text);
}
