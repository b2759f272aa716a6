import type {
  AgentEvent,
  FailureReason,
  ProcessExit,
  TurnOutcome,
  TurnReader,
  TurnRequest,
  Usage,
} from './adapter.ts';
import { CollectedText } from './collected-text.ts';
import type { DeclaredAgent, OutputPlace } from './declared.ts';
import { createLineReader } from './line-reader.ts';
import { createOutputReader } from './output-reader.ts';
import { printable } from './terminal-text.ts';
import { createTextReader } from './text-reader.ts';
import { renderSaid, transcript } from './transcript.ts';
import { emptyNotes, judgeTurn, type TurnNotes } from './turn-notes.ts';

type Output = NonNullable<DeclaredAgent['output']>;

/** A reader for a CLI of the user's configuration: by its places in JSON, or else as plain text. */
export function createDeclaredReader(name: string, agent: DeclaredAgent, request: TurnRequest): TurnReader {
  const reader = readerOf(name, agent, request);
  // Patterns look at the last of the output: kept beside what the reader makes of it.
  let tail = '';
  return {
    feed(chunk) {
      tail = (tail + chunk).slice(-MAX_SEARCHED);
      return reader.feed(chunk);
    },
    end(exit, stderrTail, report) {
      const outcome = reader.end(exit, stderrTail, report);
      return outcome.kind === 'answered' ? outcome : reclassified(agent, outcome, `${tail}\n${stderrTail}`);
    },
  };
}

const MAX_SEARCHED = 4000;

function readerOf(name: string, { output, stdin }: DeclaredAgent, request: TurnRequest): TurnReader {
  if (output === undefined) return stdin ? createTextReader(name) : createOutputReader();
  if (output.format === 'json') return createDocumentReader(name, output, request);
  const read = (value: unknown, notes: TurnNotes): readonly AgentEvent[] => {
    const said = notes.answer;
    readValues(output, value, notes);
    const ready: readonly AgentEvent[] = [
      { kind: 'ready', ...(notes.conversation === undefined ? {} : { conversation: notes.conversation }) },
    ];
    return notes.answer === said ? ready : [...ready, ...transcript(renderSaid(notes.answer ?? ''))];
  };
  return createLineReader({ name, read }, request);
}

function createDocumentReader(name: string, output: Output, request: TurnRequest): TurnReader {
  const text = new CollectedText();
  return {
    feed(chunk) {
      if (chunk === '') return [];
      text.add(chunk);
      return [{ kind: 'ready' }, { kind: 'transcript', text: printable(chunk) }, { kind: 'activity' }];
    },
    end(exit: ProcessExit, stderrTail: string) {
      const notes = emptyNotes();
      readValues(output, jsonOf(text.text()), notes);
      return judgeTurn(notes, { name, request, exit, stderrTail });
    },
  };
}

/** What one document says; later ones win, tokens and cost included. */
function readValues(output: Output, value: unknown, notes: TurnNotes): void {
  const answer = textAt(value, output.answer);
  if (answer !== undefined) {
    notes.answer = answer;
    notes.isOver = true;
  }
  const error = textAt(value, output.error);
  if (error !== undefined) notes.failure = { message: error };
  notes.conversation = textAt(value, output.conversation) ?? notes.conversation;
  const parts = [
    ['inputTokens', numberAt(value, output.input_tokens)],
    ['outputTokens', numberAt(value, output.output_tokens)],
    ['cacheReadTokens', numberAt(value, output.cache_read_tokens)],
    ['costUsd', numberAt(value, output.cost_usd)],
  ] as const;
  const usage: Usage = Object.fromEntries(parts.filter(([, amount]) => amount !== undefined));
  if (Object.keys(usage).length > 0) notes.usage = { ...notes.usage, ...usage };
}

function textAt(value: unknown, place: OutputPlace | undefined): string | undefined {
  const found = valueAt(value, place);
  if (found === undefined || found === null || found === false || found === '') return undefined;
  return typeof found === 'string' ? found : JSON.stringify(found);
}

function numberAt(value: unknown, place: OutputPlace | undefined): number | undefined {
  const found = valueAt(value, place);
  return typeof found === 'number' && found >= 0 ? found : undefined;
}

function valueAt(value: unknown, place: OutputPlace | undefined): unknown {
  if (place === undefined) return undefined;
  if (typeof place === 'string') return atPath(value, place);
  const fits = Object.entries(place.where).every(([path, wanted]) => atPath(value, path) === wanted);
  return fits ? atPath(value, place.path) : undefined;
}

function atPath(value: unknown, path: string): unknown {
  let here = value;
  for (const key of path.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    // Own keys only, of an object that JSON.parse made.
    here = (here as Readonly<Record<string, unknown>>)[key];
  }
  return here;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reclassified(
  { failures }: DeclaredAgent,
  outcome: TurnOutcome & { readonly kind: 'failed' },
  printed: string,
): TurnOutcome {
  const text = `${outcome.message}\n${printed}`.slice(0, 2 * MAX_SEARCHED);
  const found = failures.find(({ match }) => new RegExp(match, 'im').test(text));
  return found === undefined ? outcome : { ...outcome, reason: reasonOf(found.kind) };
}

function reasonOf(kind: DeclaredAgent['failures'][number]['kind']): FailureReason {
  switch (kind) {
    case 'bad_model':
    case 'context_full':
    case 'permission_denied':
      return { kind };
    default:
      return { kind: 'unavailable', what: kind };
  }
}
