/** Plays a scenario on a real CLI and notes what is true, from the model API's log and from what it types itself. */
import { join } from 'node:path';
import * as z from 'zod';
import { commandInBackground, commandToAllow, question } from '../agents/replies.ts';
import type { RealProgram } from './real-programs.ts';
import { type RealTerminal, wait } from './real-terminal.ts';

const requestSchema = z.object({
  n: z.number(),
  at: z.string(),
  /** Duration; absent while it is being answered. */
  ms: z.number().optional(),
  status: z.number().optional(),
  /** JSON of what was answered: an object of the prompt's script, or a text made up for a request of another kind. */
  reply: z.string().optional(),
  tools: z.number().optional(),
});

type ModelRequest = z.infer<typeof requestSchema>;

/** Filmed after each end, so that late signs are in the recording. */
const AFTERMATH_MS = 4000;
/** What the model says to a prompt of the CLI's own, such as the end of a background task. */
const UNSCRIPTED = '"OK."';
/** Longest wait for a model request to be answered. */
const PATIENCE_MS = 60_000;

/** What scenarios are written in. */
export class Driver {
  readonly #terminal: RealTerminal;
  readonly #program: RealProgram;
  readonly #apiUrl: string;
  readonly #project: string;
  #answered = 0;
  #roundsLeft = 0;

  constructor(terminal: RealTerminal, program: RealProgram, apiUrl: string, project: string) {
    this.#terminal = terminal;
    this.#program = program;
    this.#apiUrl = apiUrl;
    this.#project = project;
  }

  /** A file in the project. */
  file(name: string): string {
    return join(this.#project, name);
  }

  /** A reply of the model: a command that a person is asked for. */
  commandToAllow(command: string): object {
    return commandToAllow(this.#program.name, command);
  }

  /** A reply of the model: a command that the turn does not wait for. */
  inBackground(command: string): object {
    return commandInBackground(this.#program.name, command);
  }

  /** A reply of the model: a question to a person. */
  question(text: string, choices: readonly string[]): object {
    const asked = question(this.#program.name, text, choices);
    if (asked === undefined) throw new Error(`the model of ${this.#program.name} cannot ask`);
    return asked;
  }

  /** Waits until the CLI can take a prompt. */
  async ready(): Promise<void> {
    await wait(6000);
    await this.#terminal.composerSeen(60_000);
    await this.#terminal.quiet(3000, 40_000);
    this.#terminal.truth('over', 'it is started and quiet');
  }

  /** Submits a prompt that the model answers like this. */
  async submit(prompt: string, replies: readonly object[]): Promise<void> {
    this.#answered = (await this.#requests()).length;
    this.#roundsLeft = replies.filter(reply => !('times' in reply)).length;
    await this.#terminal.submit(`${prompt} %%fake${JSON.stringify(replies)}`);
  }

  /** A whole turn. `rounds`: how many requests it makes, where that is not one per reply; `failures`: requests that fail before. */
  async turn(
    prompt: string,
    replies: readonly object[],
    { rounds, failures = 0 }: { readonly rounds?: number; readonly failures?: number } = {},
  ): Promise<void> {
    await this.submit(prompt, replies);
    await this.#finish((rounds ?? this.#roundsLeft) + failures);
  }

  /** A turn up to where a person is asked. */
  async asked(prompt: string, replies: readonly object[]): Promise<void> {
    await this.submit(prompt, replies);
    const end = await this.#answeredRounds(1);
    this.#roundsLeft -= 1;
    this.#terminal.truth('waiting', 'the model has called a tool that needs consent', end);
    await this.film(8000);
  }

  /** Says yes; the turn goes on to its end. */
  async allow(): Promise<void> {
    this.#terminal.truth('working', 'the person allowed it');
    this.#terminal.type('\r');
    await this.#finish(this.#roundsLeft);
  }

  /** Says no by Esc, which ends the turn. */
  async refuse(): Promise<void> {
    this.#terminal.truth('over', 'the person refused');
    this.#terminal.type('\x1b');
    await this.film(AFTERMATH_MS);
  }

  /** The CLI asks something before it can take a prompt. */
  async dialog(): Promise<void> {
    await wait(2000);
    await this.#terminal.quiet(3000, 40_000);
    this.#terminal.truth('waiting', 'it shows a dialog');
    await this.film(5000);
  }

  interrupt(): void {
    this.#terminal.truth('over', 'the person interrupted');
    this.#terminal.type(this.#program.terminal.interruptKeys);
  }

  /** Dies in the middle of a turn. */
  crash(): void {
    this.#terminal.kill();
  }

  film(ms: number): Promise<void> {
    return wait(ms);
  }

  async #finish(rounds: number): Promise<void> {
    const end = await this.#answeredRounds(rounds);
    this.#terminal.truth('over', 'the model has answered for the last time', end);
    await this.film(AFTERMATH_MS);
  }

  /** When the next so many requests of the turn have been answered. */
  async #answeredRounds(rounds: number): Promise<number> {
    const wanted = this.#answered + rounds;
    const deadline = this.#terminal.now() + PATIENCE_MS;
    for (;;) {
      const done = (await this.#requests()).filter(({ ms }) => ms !== undefined);
      const last = done[wanted - 1];
      if (last !== undefined) {
        this.#answered = wanted;
        return this.#terminal.timeOf(Date.parse(last.at) + (last.ms ?? 0));
      }
      if (this.#terminal.now() > deadline) {
        const seen = JSON.stringify(await this.#requests());
        throw new Error(
          `only ${done.length} of ${wanted} requests were answered: ${seen}\n${this.#terminal.tail()}`,
        );
      }
      await wait(100);
    }
  }

  /** The agent's own requests: those for titles and the like are left out. */
  async #requests(): Promise<readonly ModelRequest[]> {
    const answer = await fetch(`${this.#apiUrl}/__control/requests`);
    const all = z.array(requestSchema).parse(await answer.json());
    const scripted = all.filter(({ reply = '' }) => reply.startsWith('{'));
    // Classifiers and the like see the script, too, but are offered few tools or none.
    const offered = Math.max(0, ...scripted.map(({ tools = 0 }) => tools));
    return all.filter(request => {
      const { reply = '', tools = 0 } = request;
      if (reply === UNSCRIPTED) return tools > 0;
      return scripted.includes(request) && tools * 2 >= offered;
    });
  }
}
