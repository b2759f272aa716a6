/**
 * A headless turn as a person reads it in the worker's terminal: one look for all CLIs. Everything that comes from a model
 * or its tools is stripped of terminal control sequences.
 */
import type { AgentEvent } from './adapter.ts';
import { printable } from './terminal-text.ts';

/** A piece of the transcript as an event; no event for nothing. */
export function transcript(text: string): readonly AgentEvent[] {
  return text === '' ? [] : [{ kind: 'transcript', text }];
}

/** The first line: which CLI, version, model, mode. Absent words are left out. */
export function renderStart(...words: readonly (string | undefined)[]): string {
  return `${printable(words.filter(word => word !== undefined && word !== '').join(' · '))}\n\n`;
}

/** What the model says. */
export function renderSaid(text: string): string {
  const said = printable(text).trim();
  return said === '' ? '' : `${said}\n\n`;
}

const MAX_SUBJECT = 160;

/** A tool call with what it is about: its file, its command. */
export function renderCall(tool: string, input: unknown): string {
  return `● ${printable(tool)} ${shortened(subjectOf(input))}`.trimEnd().concat('\n');
}

/** Longest call that a person is shown who is to allow it. */
const MAX_CALL = 1000;

/** A tool call that a person is to allow: `Bash: rm -r build`. */
export function callText(tool: string, input: unknown): string {
  const subject = subjectOf(input);
  return shortened(subject === '' ? tool : `${tool}: ${subject}`, MAX_CALL);
}

/** A tool's result by its first line. */
export function renderToolResult(output: string, isError: boolean): string {
  const lines = printable(output).trim().split('\n');
  const more = lines.length > 1 ? ` (+${lines.length - 1} lines)` : '';
  return `  ⎿ ${isError ? '✗ ' : ''}${shortened(lines[0] ?? '')}${more}\n\n`;
}

/** A retry that the CLI makes by itself. */
export function renderRetry(message: string): string {
  return `… retry: ${shortened(message)}\n`;
}

const SUBJECTS = [
  'file_path',
  'filePath',
  'notebook_path',
  'command',
  'pattern',
  'path',
  'url',
  'query',
  'description',
  'skill',
];

function subjectOf(input: unknown): string {
  if (typeof input === 'string') return input;
  if (typeof input !== 'object' || input === null) return '';
  const values = new Map<string, unknown>(Object.entries(input));
  const subject = SUBJECTS.map(key => values.get(key)).find(value => typeof value === 'string');
  if (typeof subject === 'string') return subject;
  return values.size === 0 ? '' : JSON.stringify(input);
}

/** A text on one line, cut to a length that a terminal shows. */
export function shortened(text: string, max = MAX_SUBJECT): string {
  const line = printable(text).replaceAll('\n', ' ');
  return line.length > max ? `${line.slice(0, max)}…` : line;
}
