import { adapterOf } from '../agents/registry.ts';
import type { Phase, Worker } from '../spec/workflow.ts';
import { type PlanContext, readFact } from './plan-context.ts';
import type { Chain } from './resolve-chain.ts';
import { literalTemplate } from './template.ts';

/**
 * The prompt template of a worker: its own, its file's text, else the task (spec §2 `task`). Absent for a worker that
 * only runs steps or a sub-connector, for a live session without a task, and where a blocker says that there is none.
 */
export function planPrompt(
  phase: Phase,
  worker: Worker,
  chain: Chain,
  context: PlanContext,
): string | undefined {
  if (worker.model === undefined) return undefined;
  if (worker.promptFile !== undefined) {
    const fact = readFact(context.facts, worker.promptFile);
    return 'text' in fact ? fact.text : undefined;
  }
  if (hasOwnPrompt(worker)) return worker.prompt?.text;
  if (context.task === undefined) return undefined;
  // A conversation's members get the task with their role; a shell gets it as its script, where `{task}` would be quoted.
  return isShellFirst(chain) && phase.kind === 'workers' ? literalTemplate(context.task) : '{task}';
}

/** Whether the file gives the worker a prompt that is not blank. */
export function hasOwnPrompt(worker: Worker): boolean {
  return worker.promptFile !== undefined || (worker.prompt !== undefined && worker.prompt.text.trim() !== '');
}

function isShellFirst(chain: Chain): boolean {
  const [first] = chain.entries;
  return first !== undefined && (adapterOf(first)?.isShellPrompt ?? false);
}
