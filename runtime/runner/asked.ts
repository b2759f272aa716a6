/** What a CLI that waits in its live terminal asks a person, in words. Pure. */
import { questionsText } from '../agents/terminal/asked-questions.ts';
import type { Verdict } from '../agents/terminal/detector.ts';
import type { TurnFact } from '../agents/terminal/terminal-cli.ts';

/** What is asked. */
export interface Asked {
  readonly text: string;
  /** Of one question that takes one of them. */
  readonly choices?: readonly string[];
}

type Request = Extract<TurnFact, { readonly kind: 'asked' }>;

/** How often a person was asked: each time it is another dialog. */
export function countRequests(facts: readonly TurnFact[]): number {
  return facts.filter(isRequest).length;
}

/** What is asked, told by the facts since the CLI last got on by itself; without any, by what says that it waits. */
export function askedIn(facts: readonly TurnFact[], { evidence }: Verdict): Asked {
  const requests = facts.filter(isRequest);
  const last = requests.at(-1);
  if (last !== undefined && last.call === undefined) return askedQuestion(last);
  // Gemini tells of all calls of a message at once, and shows one dialog after the other.
  if (last !== undefined) return { text: requests.flatMap(({ call = [] }) => call).join('; then ') };
  const claim = evidence.find(({ state }) => state.kind === 'waiting');
  return { text: claim?.text.replace(/^blocked: /, '') ?? 'see its terminal' };
}

function askedQuestion({ questions }: Request): Asked {
  const text = questionsText(questions);
  const [only] = questions;
  if (only === undefined || questions.length > 1 || only.isMultiple || only.choices.length === 0)
    return { text };
  return { text, choices: only.choices };
}

function isRequest(fact: TurnFact): fact is Request {
  return fact.kind === 'asked' && (fact.call !== undefined || fact.questions.length > 0);
}
