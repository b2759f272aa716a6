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
        /** Of gemini's. */
        type: z.string().optional(),
      }),
    )
    .min(1),
});

/** The questions in the input of a CLI's tool for them (claude, gemini and qwen have the same); empty where it is another's. */
export function askedQuestions(toolInput: unknown): readonly AskedQuestion[] {
  const { questions = [] } = inputSchema.safeParse(toolInput).data ?? {};
  return questions.map(({ question, options, multiSelect = false, type }) => ({
    text: question,
    choices: type === 'yesno' ? ['Yes', 'No'] : options.map(({ label }) => label),
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
  if (known.length < names.length) return { kind: 'words', text };
  // A choice that is typed twice would be given back.
  return { kind: 'choices', numbers: [...new Set(known)] };
}

function numberOf(choices: readonly string[], name: string): number | undefined {
  const index = choices.findIndex(choice => choice.toLowerCase() === name.toLowerCase());
  const number = index === -1 && /^\d{1,2}$/.test(name) ? Number(name) : index + 1;
  return number >= 1 && number <= choices.length ? number : undefined;
}

/** How questions are answered in a CLI's dialogs: writes, one after the other; undefined where they are not known for sure. */
export type AnswerKeys = (
  questions: readonly AskedQuestion[],
  replies: readonly QuestionReply[],
) => readonly string[] | undefined;

/** What one CLI's dialogs of questions do in their own way. */
export interface QuestionDialogs {
  /** Keys that answer a question that takes several choices, and go on to what follows; undefined where none are known. */
  severalKeys(question: AskedQuestion, reply: QuestionReply): readonly string[] | undefined;
  /** Whether all answers are shown once more at the end, and sent by a key of their own. */
  isReviewed(questions: readonly AskedQuestion[]): boolean;
}

/** A choice is taken by its digit: one more row stands for words. */
const MAX_CHOICES = 8;

/** Keys that answer questions in one CLI's dialogs, one after the other; undefined where those of one of them are not known. */
export function dialogKeys({ severalKeys, isReviewed }: QuestionDialogs): AnswerKeys {
  return (questions, replies) => {
    const keys = questions.map((question, index) => {
      const reply = replies[index];
      if (reply === undefined || question.choices.length > MAX_CHOICES) return undefined;
      return question.isMultiple ? severalKeys(question, reply) : choiceKeys(question, reply);
    });
    const known = keys.filter(own => own !== undefined);
    if (known.length < keys.length) return undefined;
    return [...known.flat(), ...(isReviewed(questions) ? ['\r'] : [])];
  };
}

/** A question of one choice takes it at its number, words at the number past the last; one without choices words alone. */
function choiceKeys({ choices }: AskedQuestion, reply: QuestionReply): readonly string[] {
  if (reply.kind === 'choices') return reply.numbers.map(String);
  return [...(choices.length === 0 ? [] : [String(choices.length + 1)]), reply.text, '\r'];
}
