/** What the extension and the page of a graph tell each other. */
import type { Face } from '../../runtime/graph/faces.ts';

/** To the page. */
export type ToPage =
  /** Draw this instead of what is there; our own markup, every text in it escaped. */
  | { readonly kind: 'content'; readonly html: string }
  /** Repaint these. */
  | { readonly kind: 'faces'; readonly faces: readonly Face[] };

/** Buttons above the graph. */
export type PageButton = 'run' | 'plan' | 'report' | 'retry';

/** From the page. */
export type FromPage =
  /** It was loaded, and shows nothing yet. */
  | { readonly kind: 'ready' }
  /** A node or worker was chosen; the id is that of its face. */
  | { readonly kind: 'open'; readonly id: string }
  | { readonly kind: 'press'; readonly button: PageButton };

const buttons: ReadonlySet<string> = new Set<PageButton>(['run', 'plan', 'report', 'retry']);

/** Reads a message of the page; undefined for anything else. */
export function readFromPage(value: unknown): FromPage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, id, button } = value as Readonly<Record<string, unknown>>;
  if (kind === 'ready') return { kind };
  if (kind === 'open' && typeof id === 'string') return { kind, id };
  // In the set stand the names of PageButton only.
  if (kind === 'press' && typeof button === 'string' && buttons.has(button))
    return { kind, button: button as PageButton };
  return undefined;
}
