/** What a graph shows: a run, or a file with its newest run (before there is one: its plan). */

/** The thing a panel was opened for; plain JSON, because the window remembers it over a reload. */
export type GraphTarget =
  | { readonly kind: 'file'; readonly uri: string }
  | { readonly kind: 'run'; readonly run: string };

/** Reads what `niia.showGraph` was called with, or what a window remembered; undefined if it names nothing. */
export function readGraphTarget(value: unknown): GraphTarget | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { uri, run } = value as { readonly uri?: unknown; readonly run?: unknown };
  if (typeof run === 'string' && run !== '') return { kind: 'run', run };
  return typeof uri === 'string' && uri !== '' ? { kind: 'file', uri } : undefined;
}

/** The same text for the same target. */
export function targetKey(target: GraphTarget): string {
  return target.kind === 'run' ? `run ${target.run}` : `file ${target.uri}`;
}
