import { atOwner } from '../diagnostic.ts';
import { ownNode } from '../inheritance.ts';
import { elements, member, type ObjectNode, textOf } from '../json-node.ts';
import { type MemberOutline, needsModel, type Outline, type PhaseOutline } from '../outline.ts';
import type { Rule } from '../rule.ts';

/** A worker that nobody tells anything. */
export const missingPrompt: Rule = {
  code: 'missing-prompt',
  severity: 'warning',
  doc: 'There is neither a prompt (own or the phase’s) nor a `task`: the run asks for the task, and fails where nobody can answer.',
  *check({ outline }) {
    if (isText(outline.root, 'task')) return;
    for (const phase of outline.phases) {
      const without = phase.members.filter(
        worker => needsModel(phase, worker) && !isTold(worker, phase, outline),
      );
      if (without.length === 0) continue;
      const owner = without.length === phase.members.length ? phase.node : without[0]?.node;
      yield {
        ...atOwner(owner ?? phase.node),
        message: 'Nothing says what to do: add a "prompt" here or a "task" at the top of the file.',
      };
    }
  },
};

function isTold(worker: MemberOutline, phase: PhaseOutline, outline: Outline): boolean {
  const own = ownNode(phase);
  if (phase.kind === 'meeting') {
    const agenda = member(own ?? outline.root, 'agenda');
    if (elements(agenda).length > 0) return true;
  }
  return [worker.node, own].some(owner => isText(owner, 'prompt') || isText(owner, 'prompt_file'));
}

function isText(owner: ObjectNode | undefined, key: string): boolean {
  return (textOf(member(owner, key)) ?? '').trim() !== '';
}
