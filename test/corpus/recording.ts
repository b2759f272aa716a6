/**
 * A recording of the corpus: what a real CLI printed and told, when, and what it really did at that time. Stored as gzipped
 * JSON lines; times are milliseconds since the start.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { ChannelRecord } from '../../runtime/agents/terminal/terminal-cli.ts';

/** What the CLI really did: known from the model API's log and from what the driver typed, never from the CLI's own signs. */
export type TrueState =
  | 'starting'
  | 'working'
  | 'waiting'
  /** It takes a prompt: after a turn that ended, however it did, or before the first. */
  | 'over'
  | 'exited';

/** One thing that happened. */
export type RecordedEvent =
  | { readonly at: number; readonly kind: 'output'; readonly bytes: Buffer }
  | { readonly at: number; readonly kind: 'record'; readonly record: ChannelRecord }
  | {
      readonly at: number;
      readonly kind: 'exit';
      readonly code: number | null;
      readonly signal: string | null;
    }
  /** What the driver typed; shown by nobody, kept for people. */
  | { readonly at: number; readonly kind: 'typed'; readonly text: string }
  | { readonly at: number; readonly kind: 'truth'; readonly state: TrueState; readonly why: string };

/** One run of one CLI. */
export interface Recording {
  readonly cli: string;
  readonly version: string;
  readonly scenario: string;
  readonly cols: number;
  readonly rows: number;
  readonly events: readonly RecordedEvent[];
}

const folder = fileURLToPath(new URL('data/', import.meta.url));

/** Stores a recording under its CLI and scenario. */
export function writeRecording({ events, ...head }: Recording): void {
  const lines = [head, ...events.map(packed)].map(value => `${JSON.stringify(value)}\n`);
  writeFileSync(`${folder}${head.cli}-${head.scenario}.ndjson.gz`, gzipSync(lines.join(''), { level: 9 }));
}

/** All recordings, by name. */
export function readCorpus(): readonly Recording[] {
  const files = readdirSync(folder).filter(file => file.endsWith('.ndjson.gz'));
  return files.sort().map(file => readRecording(`${folder}${file}`));
}

function readRecording(file: string): Recording {
  const [head = '', ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
  // Written by `writeRecording`, and committed.
  return { ...(JSON.parse(head) as Omit<Recording, 'events'>), events: lines.map(line => unpacked(line)) };
}

function packed(event: RecordedEvent): unknown {
  return event.kind === 'output'
    ? { at: event.at, kind: 'output', base64: event.bytes.toString('base64') }
    : event;
}

function unpacked(line: string): RecordedEvent {
  // As above.
  const event = JSON.parse(line) as RecordedEvent & { readonly base64?: string };
  return event.kind === 'output'
    ? { at: event.at, kind: 'output', bytes: Buffer.from(event.base64 ?? '', 'base64') }
    : event;
}
