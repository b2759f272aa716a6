/**
 * Snippets where a key is written: several keys at once, or an entry of a map with its name. The schema's own stand for
 * whole values; they are taken from there, so that both say the same. Loaded only where a key is completed.
 */
import { type CompletionItem, CompletionItemKind, InsertTextFormat } from 'vscode-languageserver';
import { member, nodeAt } from '../../../runtime/analysis/json-node.ts';
import schema from '../../../schemas/connector.editor.schema.json' with { type: 'json' };
import type { Snapshot } from '../../snapshot.ts';
import { type ItemTarget, spaced } from './candidate.ts';
import type { Cursor } from './cursor.ts';

/** A snippet as the schema holds it: JSON with tab stops. */
interface SchemaSnippet {
  readonly label: string;
  readonly body: object;
}

/** The snippets that can stand at the cursor; none for clients that know no tab stops. */
export function keySnippets(target: ItemTarget): readonly CompletionItem[] {
  const { cursor, snapshot, context } = target;
  if (!cursor.isKey || cursor.hasColon || !context.client.snippets) return [];
  const path = cursor.path.slice(0, -1);
  const entries = entriesOf(path);
  if (entries !== undefined) {
    return entries.map(({ label, body }) => itemOf(label, `"\${1:name}": ${textOf(shifted(body))}`, target));
  }
  return topologiesAt(path, snapshot).map(({ label, body }) => itemOf(label, membersOf(body), target));
}

const { Connector, Machine, Phase, Step, StepRule } = schema.definitions;

/** Entries of the maps whose names are free. */
function entriesOf(path: Cursor['path']): readonly SchemaSnippet[] | undefined {
  const [last, before] = [path.at(-1), path.at(-2)];
  if (path.length === 1 && last === 'machines') return Machine.defaultSnippets;
  if (last === 'steps' && typeof before === 'number') return Step.defaultSnippets;
  return last === 'output' && path.at(-3) === 'steps' ? StepRule.defaultSnippets : undefined;
}

/** Keys by which a file or a phase is something already. */
const decidingFile = ['type', 'pipeline', 'participants', 'agents'];
const decidingPhase = [
  'type',
  'workers',
  'prompt',
  'prompt_file',
  'participants',
  'agents',
  'steps',
  'connector',
];

/** What makes a dialogue, meeting or mesh of a file or phase that is not yet anything else, without what is there. */
function topologiesAt(path: Cursor['path'], { analysis }: Snapshot): readonly SchemaSnippet[] {
  const isPhase = path.length === 3 && path[0] === 'pipeline' && path[1] === 'phases';
  if (path.length > 0 && !isPhase) return [];
  const owner = nodeAt(analysis.document.root, path);
  if ((isPhase ? decidingPhase : decidingFile).some(key => member(owner, key))) return [];
  const snippets: readonly SchemaSnippet[] = isPhase ? Phase.defaultSnippets : Connector.defaultSnippets;
  return snippets
    .filter(({ body }) => 'type' in body)
    .map(({ label, body }) => ({
      label,
      body: Object.fromEntries(Object.entries(body).filter(([key]) => !member(owner, key))),
    }));
}

function itemOf(label: string, text: string, { cursor, snapshot }: ItemTarget): CompletionItem {
  return {
    label,
    kind: CompletionItemKind.Snippet,
    // After the names of the file, before the keys of the schema.
    sortText: `4${label}`,
    filterText: cursor.string ? JSON.stringify(label) : label,
    insertTextFormat: InsertTextFormat.Snippet,
    textEdit: {
      range: snapshot.positions.rangeOf(cursor.replace),
      newText: `${spaced(cursor.before)}${text}${cursor.after}`,
    },
  };
}

/** The inside of an object. */
function membersOf(body: object): string {
  return Object.entries(body)
    .map(([key, value]) => `${JSON.stringify(key)}: ${textOf(value)}`)
    .join(',\n');
}

/** JSON as a snippet: a text that begins with ^ stands without its quotes. */
function textOf(body: unknown): string {
  return JSON.stringify(body, undefined, '\t').replace(/"\^([^"]*)"/g, '$1');
}

/** With tab stops that leave the first one free. */
function shifted(body: object): unknown {
  const moved = JSON.stringify(body).replace(/\$\{(\d+)/g, (_, stop) => `\${${Number(stop) + 1}`);
  return JSON.parse(moved);
}
