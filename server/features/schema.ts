/** What the schema says: keys, values and snippets to complete, texts of fields to hover; merged so that nothing shows twice. */
import {
  type CompletionItem,
  type CompletionList,
  type CompletionParams,
  type Diagnostic,
  type Hover,
  type HoverParams,
  InsertTextFormat,
  MarkupContent,
  type Range,
  TextEdit,
} from 'vscode-languageserver';
import { member, textOf } from '../../runtime/analysis/json-node.ts';
import type { FeatureContext } from '../feature.ts';
import type { FocusedDocument } from '../json-service.ts';
import type { Snapshot } from '../snapshot.ts';
import { asDocumentation, type ItemTarget } from './completion/candidate.ts';
import { completionsAt } from './completion/completion.ts';
import { diagnostics } from './diagnostics.ts';
import { hover } from './hover/hover.ts';

/**
 * Whether completions and texts of the schema are ours to give: always where the client asks for them, and for files that
 * the editor's JSON support cannot find our schema for, as it goes by name.
 */
export function servesSchema({ kind, analysis }: Snapshot, { settings }: FeatureContext): boolean {
  // The library recurses: texts that the analysis refuses are not for it either.
  return (settings.schemaFeatures || kind !== 'named') && analysis.document.refusal === undefined;
}

/** Whether `$schema` makes the editor's own JSON support judge the file by our schema (`judging-schema.ts`). */
function isJudgedBesides({ analysis }: Snapshot, { settings }: FeatureContext): boolean {
  const { refusal, root } = analysis.document;
  if (settings.schemaFeatures || refusal !== undefined) return false;
  return /(^|[\\/])connector\.schema\.json#?$/.test(textOf(member(root, '$schema')) ?? '');
}

/** All diagnostics that nobody else shows. */
export async function fullDiagnostics(
  snapshot: Snapshot,
  params: unknown,
  context: FeatureContext,
): Promise<readonly Diagnostic[]> {
  const ours = diagnostics(snapshot, params, context);
  if (ours.length === 0 || !isJudgedBesides(snapshot, context)) return ours;
  const { faultsBesides } = await import('../judging-schema.ts');
  const others = await faultsBesides(snapshot);
  return ours.filter(({ range }) => !others.has(snapshot.positions.offsetAt(range.start)));
}

/** Completion by meaning and by schema. */
export async function fullCompletion(
  snapshot: Snapshot,
  params: CompletionParams,
  context: FeatureContext,
): Promise<CompletionList> {
  const { list, isAll, cursor } = completionsAt(snapshot, params, context);
  const ours = cursor?.isKey ? await withSnippets(list, { snapshot, cursor, context }) : list;
  if (isJudgedBesides(snapshot, context)) return await withoutOthers(ours, snapshot, params);
  if (isAll || !servesSchema(snapshot, context)) return ours;
  const { jsonService, documentAround } = await import('../json-service.ts');
  const offset = snapshot.positions.offsetAt(params.position);
  const focused = documentAround(snapshot, offset);
  if (focused === undefined) return ours;
  const found = await jsonService.doComplete(focused.document, focused.position, focused.tree);
  // All items of an answer share the object of their range.
  const ranges = new Map<Range, Range>();
  const place = (range: Range): Range => {
    const known = ranges.get(range) ?? toClient(range, focused, snapshot);
    ranges.set(range, known);
    return known;
  };
  const items = (found?.items ?? []).map(item => adapted(item, place, context));
  const schema = cursor?.before ? items.map(item => behindComma(item)) : items;
  return { isIncomplete: ours.isIncomplete, items: mergeItems(ours.items, schema) };
}

async function withSnippets(list: CompletionList, target: ItemTarget): Promise<CompletionList> {
  const { keySnippets } = await import('./completion/key-snippets.ts');
  return { ...list, items: [...list.items, ...keySnippets(target)] };
}

/** The library puts commas behind items, but not between one that is there and its own. */
function behindComma({ textEdit, ...item }: CompletionItem): CompletionItem {
  return TextEdit.is(textEdit)
    ? { ...item, textEdit: { ...textEdit, newText: `, ${textEdit.newText}` } }
    : item;
}

/** What the editor's JSON support does not complete with. */
async function withoutOthers(
  ours: CompletionList,
  snapshot: Snapshot,
  { position }: CompletionParams,
): Promise<CompletionList> {
  const { completedBesides } = await import('../judging-schema.ts');
  const others = await completedBesides(snapshot, snapshot.positions.offsetAt(position));
  return { ...ours, items: ours.items.filter(({ label }) => !others.has(label)) };
}

/** Our hover; where we have nothing to say, what the schema says about the field. */
export async function fullHover(
  snapshot: Snapshot,
  params: HoverParams,
  context: FeatureContext,
): Promise<Hover | null> {
  const ours = hover(snapshot, params, context);
  if (ours !== null || !servesSchema(snapshot, context)) return ours;
  const { jsonService, documentAround } = await import('../json-service.ts');
  const offset = snapshot.positions.offsetAt(params.position);
  const focused = documentAround(snapshot, offset);
  if (focused === undefined) return null;
  const found = await jsonService.doHover(focused.document, focused.position, focused.tree);
  const text = found ? hoverText(found.contents) : '';
  if (!found || text === '') return null;
  const range = found.range && { range: toClient(found.range, focused, snapshot) };
  return { contents: asDocumentation(text, context.client.markdown), ...range };
}

/** Ours first. Of the schema's all that we do not offer; where we know the names, its examples of names are none. */
export function mergeItems(
  ours: readonly CompletionItem[],
  schema: readonly CompletionItem[],
): CompletionItem[] {
  const labels = new Set(ours.map(item => plainLabel(item.label)));
  const further = schema.filter(
    item => !labels.has(plainLabel(item.label)) && !(ours.length > 0 && isPlainText(item)),
  );
  return [...ours, ...further];
}

/** The library quotes the labels of values. */
function plainLabel(label: string): string {
  return label.replace(/^"(.*)"$/, '$1');
}

function isPlainText({ label, textEdit }: CompletionItem): boolean {
  return /^".*"$/.test(label) && /^"[^"]*",?\s*$/.test(textEdit?.newText ?? '');
}

function toClient(range: Range, { wholeOffset }: FocusedDocument, { positions }: Snapshot): Range {
  return positions.rangeOf({ start: wholeOffset(range.start), end: wholeOffset(range.end) });
}

/** An item of the library with the client's positions, and without tab stops for clients that know none. */
function adapted(
  item: CompletionItem,
  place: (range: Range) => Range,
  { client }: FeatureContext,
): CompletionItem {
  const { textEdit, documentation, ...rest } = item;
  const isSnippet = item.insertTextFormat === InsertTextFormat.Snippet && !client.snippets;
  const plain = (text: string) => (isSnippet ? withoutTabStops(text) : text);
  const text = MarkupContent.is(documentation) ? documentation.value : documentation;
  return {
    ...rest,
    ...(text === undefined ? {} : { documentation: asDocumentation(text, client.markdown) }),
    ...(isSnippet ? { insertTextFormat: InsertTextFormat.PlainText } : {}),
    ...(item.insertText === undefined ? {} : { insertText: plain(item.insertText) }),
    // After our own names, whose order begins with a digit.
    sortText: `5${item.sortText ?? item.label}`,
    ...(TextEdit.is(textEdit)
      ? { textEdit: { range: place(textEdit.range), newText: plain(textEdit.newText) } }
      : {}),
  };
}

/** A snippet with the texts of its tab stops. */
function withoutTabStops(snippet: string): string {
  return snippet
    .replace(/\$\{\d+:((?:\\.|[^}\\])*)\}/g, '$1')
    .replace(/\$\{\d+\|((?:\\.|[^,|\\])*)[^}]*\}/g, '$1')
    .replace(/(?<!\\)\$(?:\d+|\{\d+\})/g, '')
    .replace(/\\([\\$}])/g, '$1');
}

function hoverText(contents: Hover['contents']): string {
  const parts = Array.isArray(contents) ? contents : [contents];
  return parts.map(part => (typeof part === 'string' ? part : part.value)).join('\n\n');
}
