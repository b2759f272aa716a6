/**
 * What the graphs of a window show, by their titles. A page tells VS Code itself what it shows, but VS Code forgets that
 * when the window is loaded again within seconds, and brings the panel back with nothing but its title.
 */
import type { Memento } from 'vscode';
import { type GraphTarget, readGraphTarget } from './graph-target.ts';

const KEY = 'niia.graphs';

/** An open graph. */
export interface OpenGraph {
  readonly title: string;
  readonly target: GraphTarget;
}

/** Remembers the open graphs instead of those before. */
export function rememberGraphs(memory: Pick<Memento, 'update'>, open: readonly OpenGraph[]): void {
  void memory.update(KEY, Object.fromEntries(open.map(({ title, target }) => [title, target])));
}

/** What the graph with a title showed; undefined if none of that title was open. */
export function rememberedGraph(memory: Pick<Memento, 'get'>, title: string): GraphTarget | undefined {
  const graphs: unknown = memory.get(KEY);
  if (typeof graphs !== 'object' || graphs === null) return undefined;
  return readGraphTarget(Object.entries(graphs).find(([key]) => key === title)?.[1]);
}
