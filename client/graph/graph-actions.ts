/** What choosing something in a graph does: a command, or a place in the file. Pure. */
import type { RunView } from '../../runtime/engine/projections.ts';
import type { PageButton } from './graph-messages.ts';
import type { GraphSource } from './graph-source.ts';

/** What is to be done. */
export type GraphAction =
  | {
      readonly kind: 'command';
      readonly command: string;
      readonly argument: Readonly<Record<string, string>>;
    }
  /** Show where a phase, or one of its workers, stands in the file. */
  | { readonly kind: 'reveal'; readonly phase: string; readonly worker?: string };

/** What choosing a node or worker does; undefined for what is not in the graph. */
export function actionOn(id: string, { plan, view }: GraphSource): GraphAction | undefined {
  const at = id.indexOf(':');
  const kind = id.slice(0, at);
  const name = id.slice(at + 1);
  if (kind === 'worker') return onWorker(name, plan, view);
  if (!plan.phases.some(phase => phase.name === name)) return undefined;
  const state = view?.phases.find(phase => phase.name === name)?.state;
  if (view !== undefined && kind === 'gate' && state === 'gated')
    return { kind: 'command', command: 'niia.approve', argument: { run: view.run, phase: name } };
  if (view !== undefined && kind === 'pick' && state === 'picking')
    return { kind: 'command', command: 'niia.pick', argument: { run: view.run, phase: name } };
  return { kind: 'reveal', phase: name };
}

/** What a button does. */
export function actionOfButton(
  button: PageButton,
  { plan, view }: GraphSource,
  uri: string,
): GraphAction | undefined {
  if (button === 'run' || button === 'plan')
    return { kind: 'command', command: `niia.${button}`, argument: { uri } };
  // Only the graph of a run has the other buttons.
  return view === undefined || plan.phases.length === 0
    ? undefined
    : { kind: 'command', command: `niia.${button}`, argument: { run: view.run } };
}

/** The terminal of a worker that has one, else its place in the file. */
function onWorker(
  key: string,
  plan: GraphSource['plan'],
  view: RunView | undefined,
): GraphAction | undefined {
  const planned = plan.phases.flatMap(phase => phase.workers).find(worker => worker.key === key);
  if (planned === undefined) return undefined;
  const worker = view?.phases.flatMap(phase => phase.workers).find(each => each.key === key);
  return view !== undefined && worker?.session !== undefined
    ? { kind: 'command', command: 'niia.openTerminal', argument: { run: view.run, worker: key } }
    : { kind: 'reveal', phase: planned.phase, worker: planned.id };
}
