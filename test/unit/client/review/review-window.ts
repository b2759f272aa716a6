/** A window for the review commands that writes down what it is asked, and answers as the test says. */
import assert from 'node:assert/strict';
import type { WorktreeHost, WorktreeWay } from '../../../../client/review/open-worktree.ts';
import type { Choice } from '../../../../client/review/review-host.ts';
import type { LoadedRun } from '../../../../client/runs/runs.ts';
import type { Method, Params, Responses, RpcFailure } from '../../../../runtime/protocol.ts';
import { err, ok, type Result } from '../../../../runtime/result.ts';
import { rowOf } from '../problems/run-sketch.ts';

/** What the daemon answers, in order, by request. A string is the code of a failure. */
export type Answers = { readonly [M in Method]?: readonly (Responses[M] | string)[] };

/** The window. */
export class ReviewWindow implements WorktreeHost {
  readonly seen: string[] = [];
  readonly #answers: { [method: string]: unknown[] };
  /** What the user chooses, in order: the text of an action or entry; undefined = closes the dialog. */
  readonly #choices: (string | undefined)[];
  readonly #loaded: readonly LoadedRun[];
  isTrustedNow = true;
  way: WorktreeWay | undefined;
  remembered: WorktreeWay | undefined;

  constructor(answers: Answers, choices: readonly (string | undefined)[], loaded: readonly LoadedRun[] = []) {
    this.#answers = Object.fromEntries(Object.entries(answers).map(([method, list]) => [method, [...list]]));
    this.#choices = [...choices];
    this.#loaded = loaded;
  }

  /** Everything that was seen; fails if the test foresaw more choices than were asked for. */
  text(): string {
    assert.deepEqual(this.#choices, [], `choices left over; seen:\n${this.seen.join('\n')}`);
    return this.seen.join('\n');
  }

  readonly runs = {
    list: () => this.#loaded.map(rowOf),
    load: async (run: string): Promise<Result<LoadedRun, RpcFailure>> => {
      const loaded = this.#loaded.find(({ view }) => view.run === run);
      return loaded === undefined ? err(failureOf('unknown-run')) : ok(loaded);
    },
    request: async <M extends Method>(
      method: M,
      params: Params<M>,
    ): Promise<Result<Responses[M], RpcFailure>> => {
      this.seen.push(`→ ${method} ${JSON.stringify(params)}`);
      const answer = this.#answers[method]?.shift();
      assert.notEqual(answer, undefined, `${method} is not expected; seen:\n${this.seen.join('\n')}`);
      // The test wrote it for this method.
      return typeof answer === 'string' ? err(failureOf(answer)) : ok(answer as Responses[M]);
    },
  };

  isTrusted(): boolean {
    return this.isTrustedNow;
  }

  async confirm({ message, detail, actions }: Parameters<WorktreeHost['confirm']>[0]) {
    this.seen.push(`[${message}]`, ...detail.split('\n').map(line => `  ${line}`.trimEnd()));
    return this.#choose(actions);
  }

  async tell(level: 'info' | 'warning', message: string, actions: readonly string[] = []) {
    this.seen.push(`${level}: ${message}`);
    return actions.length === 0 ? undefined : this.#choose(actions);
  }

  async choose<T>(title: string, choices: readonly Choice<T>[]): Promise<T | undefined> {
    this.seen.push(
      `${title}`,
      ...choices.map(
        ({ label, description, detail }) => `  ${[label, description, detail].filter(Boolean).join(' | ')}`,
      ),
    );
    const label = this.#choose(choices.map(choice => choice.label));
    return choices.find(choice => choice.label === label)?.value;
  }

  async chooseTwo<T>(title: string, choices: readonly Choice<T>[]): Promise<readonly [T, T] | undefined> {
    const [one, two] = [await this.choose(title, choices), await this.choose(title, choices)];
    return one !== undefined && two !== undefined ? [one, two] : undefined;
  }

  async ask({ title, value, check }: Parameters<WorktreeHost['ask']>[0]): Promise<string | undefined> {
    const refused = check(value);
    this.seen.push(`${title}: ${value}${refused === undefined ? '' : ` (${refused})`}`);
    return this.#choices.shift();
  }

  async show({ title, files }: Parameters<WorktreeHost['show']>[0]): Promise<void> {
    const side = (shown: (typeof files)[number]['old']) =>
      shown === undefined
        ? 'none'
        : shown.kind === 'note'
          ? shown.text
          : shown.kind === 'blob'
            ? `${shown.path}@${shown.object}`
            : shown.path;
    this.seen.push(
      `show ${title}`,
      ...files.map(file => `  ${file.label}: ${side(file.old)} ↔ ${side(file.new)}`),
    );
  }

  async execute(command: string, argument?: unknown): Promise<void> {
    this.seen.push(`⇒ ${command} ${JSON.stringify(argument)}`);
  }

  async runVisibly({ argv, cwd }: Parameters<WorktreeHost['runVisibly']>[0]): Promise<void> {
    this.seen.push(`$ ${argv.join(' ')} (in ${cwd})`);
  }

  configuredWay() {
    return this.way;
  }

  lastWay() {
    return this.remembered;
  }

  async remember(way: WorktreeWay): Promise<void> {
    this.remembered = way;
  }

  async openFolder(_dir: string, way: WorktreeWay): Promise<void> {
    this.seen.push(`open ${way}`);
  }

  #choose(offered: readonly string[]): string | undefined {
    this.seen.push(`  <${offered.join('> <')}>`);
    assert.ok(this.#choices.length > 0, `nobody answers; seen:\n${this.seen.join('\n')}`);
    const choice = this.#choices.shift();
    assert.ok(
      choice === undefined || offered.includes(choice),
      `"${choice}" is not offered: ${offered.join(', ')}`,
    );
    return choice;
  }
}

function failureOf(code: string): RpcFailure {
  return { code, message: `(${code})`, exitCode: 1 };
}
