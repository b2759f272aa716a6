/** What a CLI's model asks a person in the CLI's own dialog, and what a person's answer means there. Pure. */
import * as z from 'zod';

/** One question; its choices are numbered from 1 in the dialog. */
export interface AskedQuestion {
  readonly text: string;
  readonly choices: readonly string[];
  /** Any number of choices may be taken. */
  readonly isMultiple: boolean;
}

/** An answer to one question. */
export type QuestionReply =
  /** Numbers of choices; more than one only where that is possible. */
  | { readonly kind: 'choices'; readonly numbers: readonly number[] }
  /** Words of one's own, one line. */
  | { readonly kind: 'words'; readonly text: string };

const inputSchema = z.object({
  questions: z
    .array(
      z.object({
        question: z.string(),
        options: z.array(z.object({ label: z.string() })).default([]),
        multiSelect: z.boolean().optional(),
      }),
    )
    .min(1),
});

/** The questions in the input of a CLI's tool for them (claude, gemini and qwen have the same); empty where it is another's. */
export function askedQuestions(toolInput: unknown): readonly AskedQuestion[] {
  const { questions = [] } = inputSchema.safeParse(toolInput).data ?? {};
  return questions.map(({ question, options, multiSelect = false }) => ({
    text: question,
    choices: options.map(({ label }) => label),
    isMultiple: multiSelect,
  }));
}

/** Questions in words, each with its choices by their numbers: `Which one? (1 A · 2 B)`. Answers are told apart by `;` too. */
export function questionsText(questions: readonly AskedQuestion[]): string {
  const texts = questions.map(({ text, choices, isMultiple }) => {
    const numbered = choices.map((choice, index) => `${index + 1} ${choice}`).join(' · ');
    return numbered === '' ? text : `${text} (${isMultiple ? 'any of ' : ''}${numbered})`;
  });
  return texts.join('; ');
}

/**
 * What a text answers: `2`, `1, 3`, the name of a choice, or words. Several questions are answered in one text, separated by
 * `;`. Undefined where the text has another number of answers than there are questions.
 */
export function repliesTo(
  questions: readonly AskedQuestion[],
  text: string,
): readonly QuestionReply[] | undefined {
  const parts = questions.length === 1 ? [text] : text.split(';');
  if (parts.length !== questions.length) return undefined;
  const replies = questions.flatMap((question, index) => replyTo(question, parts[index] ?? '') ?? []);
  return replies.length === questions.length ? replies : undefined;
}

function replyTo({ choices, isMultiple }: AskedQuestion, part: string): QuestionReply | undefined {
  const text = part.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  if (text === '') return undefined;
  const names = isMultiple ? text.split(',') : [text];
  const numbers = names.map(name => numberOf(choices, name.trim()));
  const known = numbers.filter(number => number !== undefined);
  return known.length === names.length ? { kind: 'choices', numbers: known } : { kind: 'words', text };
}

function numberOf(choices: readonly string[], name: string): number | undefined {
  const index = choices.findIndex(choice => choice.toLowerCase() === name.toLowerCase());
  const number = index === -1 && /^\d{1,2}$/.test(name) ? Number(name) : index + 1;
  return number >= 1 && number <= choices.length ? number : undefined;
}

/**
 * Keys for a dialog of one question that takes one choice at its number, and words after the number past the last.
 * Undefined for any other dialog.
 */
export function singleChoiceKeys(
  questions: readonly AskedQuestion[],
  replies: readonly QuestionReply[],
): readonly string[] | undefined {
  const [question] = questions;
  const [reply] = replies;
  if (question === undefined || reply === undefined || questions.length > 1 || question.isMultiple) {
    return undefined;
  }
  return choiceKeys(question, reply);
}

/** The same for one of several such questions. Digits above 9 cannot be typed: such a list has no keys. */
export function choiceKeys({ choices }: AskedQuestion, reply: QuestionReply): readonly string[] | undefined {
  if (choices.length > 8) return undefined;
  if (reply.kind === 'words') return [String(choices.length + 1), reply.text, '\r'];
  return reply.numbers.map(String);
}
