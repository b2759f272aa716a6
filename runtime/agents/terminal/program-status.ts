/** The Program Status Protocol (OSC 7501, revision 0.4): what a program says it is doing. Pure. */
import { OscParser } from './osc-parser.ts';

/** A program's own word about itself, or about one of its child tasks. */
export interface StatusReport {
  readonly state: 'idle' | 'working' | 'done' | 'blocked' | 'error' | 'clear';
  /** A child task; absent = the program itself. */
  readonly id?: string;
  /** With `blocked`: what it waits for. */
  readonly kind?: 'permission' | 'question' | 'auth';
  /** For people, at most 2048 bytes; '' where the program says nothing. */
  readonly message: string;
}

const STATES: ReadonlySet<string> = new Set(['idle', 'working', 'done', 'blocked', 'error', 'clear']);
const KINDS: ReadonlySet<string> = new Set(['permission', 'question', 'auth']);
const MAX_MESSAGE = 2048;

/** Reads the body of an OSC 7501; undefined for a query or for something that is no report. */
export function readStatusReport(body: string): StatusReport | undefined {
  const fields = new Map(body.split(':').map(splitPair));
  const state = fields.get('state') ?? '';
  if (!isState(state)) return undefined;
  const kind = fields.get('kind') ?? '';
  const id = fields.get('id');
  return {
    state,
    ...(id === undefined ? {} : { id }),
    ...(state === 'blocked' && isKind(kind) ? { kind } : {}),
    message: decodeText(fields.get('msg') ?? ''),
  };
}

/** The latest word of a program about itself in a piece of its output; what child tasks say (`id=…`) is not meant. */
export function latestReport(output: Uint8Array): StatusReport | undefined {
  const reports = new OscParser()
    .feed(output)
    .flatMap(message => (message.kind === 'osc' && message.code === 7501 ? [message.text] : []))
    .flatMap(body => readStatusReport(body) ?? []);
  return reports.findLast(({ id }) => id === undefined);
}

function splitPair(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}

function isState(text: string): text is StatusReport['state'] {
  return STATES.has(text);
}

function isKind(text: string): text is NonNullable<StatusReport['kind']> {
  return KINDS.has(text);
}

/** Base64 of UTF-8; what is broken in it becomes replacement characters, control characters are dropped. */
function decodeText(base64: string): string {
  const bytes = Uint8Array.from(bytesOf(base64), char => char.charCodeAt(0));
  const text = new TextDecoder().decode(bytes).slice(0, MAX_MESSAGE);
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').trim();
}

/** The bytes as characters 0 to 255; '' where it is no Base64. */
function bytesOf(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return '';
  }
}
