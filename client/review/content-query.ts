/** What a document of `niia-git:` shows, as the query of its URI. Anybody can make such a URI, so it is read with care. */

/** What is shown. */
export type ContentQuery =
  /** A blob of a run's repository, by its object id. */
  { readonly run: string; readonly object: string } | { readonly note: string };

/** The query of a URI. */
export function formatQuery(query: ContentQuery): string {
  return JSON.stringify(query);
}

/** Reads a query; undefined if it is none of ours. */
export function readQuery(text: string): ContentQuery | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    if ('note' in value && typeof value.note === 'string') return { note: value.note };
    if (!('run' in value && 'object' in value)) return undefined;
    const { run, object } = value;
    return typeof run === 'string' && typeof object === 'string' ? { run, object } : undefined;
  } catch {
    return undefined;
  }
}
