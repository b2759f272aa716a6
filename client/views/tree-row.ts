/** One row of the tree of runs, as plain data: the view only draws it. */
import type { RunItem } from '../runs/runs.ts';
import type { StateIcon } from './state-words.ts';

/** A row. It is also what the commands of its menus are called with: it reads as a `RunItem`. */
export interface TreeRow extends RunItem {
  /** The same row has the same id in every drawing. */
  readonly id: string;
  readonly label: string;
  /** Greyed, behind the label. */
  readonly description: string;
  readonly icon: StateIcon;
  /** Markdown; what people wrote in it is escaped. */
  readonly tooltip: string;
  /** What it is, then what can be done with it, in words that `when` clauses match: `worker session failed`. */
  readonly contextValue: string;
  /** What a screen reader says. */
  readonly spoken: string;
  /** Whether its children show at first; absent = it has none. */
  readonly expansion?: 'expanded' | 'collapsed';
  /** Command for a click, called with the row. */
  readonly command?: string;
  /** Rows below it, as they are at that time. */
  readonly children?: () => readonly TreeRow[];
}

/** What is seen of a row, and those below it. */
export interface ShownRow extends Pick<TreeRow, 'label' | 'description' | 'contextValue'> {
  readonly children: readonly ShownRow[];
}

/** Rows as they are seen. */
export function shownRows(rows: readonly TreeRow[]): readonly ShownRow[] {
  return rows.map(({ label, description, contextValue, children }) => ({
    label,
    description,
    contextValue,
    children: shownRows(children?.() ?? []),
  }));
}
