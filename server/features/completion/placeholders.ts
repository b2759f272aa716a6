/** Completion inside of texts with placeholders (spec §5.2). */
import { CompletionItemKind } from 'vscode-languageserver';
import type { Range } from '../../../runtime/analysis/json-node.ts';
import type { PhaseOutline } from '../../../runtime/analysis/outline.ts';
import { readPhaseGraph } from '../../../runtime/analysis/phase-graph.ts';
import type { TemplateUse } from '../../../runtime/analysis/templates.ts';
import type { Place } from '../../place.ts';
import type { Snapshot } from '../../snapshot.ts';
import type { Piece } from './candidate.ts';
import type { Cursor } from './cursor.ts';

const builtIn: readonly (readonly [name: string, meaning: string])[] = [
  ['task', 'the task of the workflow'],
  ['name', 'the name of the workflow'],
  ['phase', 'the name of the phase'],
  ['worker', 'the name of the worker, else its number'],
  ['run', 'the id of the run'],
];
const ofCommand: typeof builtIn = [
  ['prompt', 'the whole prompt'],
  ['prompt_file', 'path of a file that holds the prompt'],
  ['model', 'the model of the route'],
];

/** More workers of one phase than this are not listed one by one. */
const maxWorkers = 50;

/** Placeholders for the string at the cursor: once a brace stands before it, or where no word is being written. */
export function placeholderPieces(
  snapshot: Snapshot,
  cursor: Cursor,
  place: Place,
  use: TemplateUse['use'],
): readonly Piece[] {
  const found = openPlaceholder(snapshot.text, cursor);
  if (found === undefined) return [];
  const names = [...(use === 'command' ? ofCommand : []), ...builtIn];
  const pieces = names.map(([name, meaning]) => ({ inner: name, detail: meaning, group: 0 }));
  const answers = place.phase ? answersOf(snapshot, place.phase) : [];
  const variables = use === 'env' ? variablesOf(cursor) : [];
  const braces = [...pieces, ...answers].map(({ inner, ...rest }) => ({ source: `{${inner}}`, ...rest }));
  return [...variables, ...braces].map(({ source, detail, group }) => ({
    text: source,
    detail,
    group,
    kind: CompletionItemKind.Variable,
    replace: found,
    newText: JSON.stringify(source).slice(1, -1),
  }));
}

/** The placeholder at the cursor, as far as it is written; undefined in the middle of other words. */
function openPlaceholder(text: string, { offset, string }: Cursor): Range | undefined {
  if (string === undefined) return undefined;
  const before = text.slice(string.content.start, offset);
  const open = /\$?\{[^{}"\n]*$/.exec(before);
  if (open === null) return /[\p{L}\p{N}_]$/u.test(before) ? undefined : { start: offset, end: offset };
  const start = string.content.start + open.index;
  // `{{` is a brace that means itself.
  if (/(^|[^{])(\{\{)*\{$/.test(text.slice(string.content.start, start))) return undefined;
  const rest = /^[^{}"\s\\]*\}?/.exec(text.slice(offset, string.content.end))?.[0] ?? '';
  // Without a closing brace, what follows is the sentence that goes on.
  return { start, end: rest.endsWith('}') ? offset + rest.length : offset };
}

/** Answers of the phases that are over when this one starts: of all workers, and of each. */
function answersOf({ analysis: { outline } }: Snapshot, phase: PhaseOutline) {
  const over = readPhaseGraph(outline).finishedBefore(phase);
  return outline.phases
    .filter(other => over.has(other.name))
    .flatMap(other => {
      const all = { inner: `answers.${other.name}`, detail: 'the answers of all its workers', group: 1 };
      const ids = other.members.flatMap(({ id, count }) =>
        count === 1
          ? [id]
          : Array.from({ length: Math.min(count, maxWorkers) }, (_, index) => String(index + 1)),
      );
      const each = ids.slice(0, maxWorkers).map(id => ({
        inner: `answers.${other.name}.${id}`,
        detail: `the answer of ${id}`,
        group: 2,
      }));
      return ids.length > 1 ? [all, ...each] : [all];
    });
}

/** The variable of the same name in the user's environment. */
function variablesOf({ path }: Cursor) {
  const name = path.at(-1);
  if (typeof name !== 'string' || name === '') return [];
  const source = `\${env:${name}}`;
  return [{ source, detail: 'from the environment of whoever runs it', group: 0 }];
}
