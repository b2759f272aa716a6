/** A person at the window of a test: answers from a list, and everything that was asked and told is written down. */
import type { Prompter } from '../../../../client/commands/prompter.ts';

/** The person, and what they saw. */
export interface Person {
  readonly prompter: Prompter;
  readonly seen: string[];
}

/** Answers questions, choices (by label) and buttons in this order; after the last one the person has gone away. */
export function personWho(...answers: readonly string[]): Person {
  const seen: string[] = [];
  const left = [...answers];
  const prompter: Prompter = {
    async text({ title, value }) {
      seen.push(`ask ${title}${value === undefined ? '' : ` [${value}]`}`);
      return left.shift();
    },
    async choose(title, choices) {
      seen.push(`choose ${title}: ${choices.map(({ label }) => label).join(', ')}`);
      const label = left.shift();
      return choices.find(choice => choice.label === label)?.value;
    },
    async tell({ severity, message }, ...buttons) {
      seen.push([`${severity}: ${message}`, ...buttons].join(' | '));
      const pressed = buttons.find(button => button === left[0]);
      if (pressed !== undefined) left.shift();
      return pressed;
    },
  };
  return { prompter, seen };
}
