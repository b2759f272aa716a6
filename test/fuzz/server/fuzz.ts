/**
 * Random edits over connector files: after each, a server that saw the edits is asked for everything, and so is one that
 * gets the text anew. Both must answer the same, and the answers must make sense.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { LSPErrorCodes, type TextDocumentContentChangeEvent } from 'vscode-languageserver';
import type { PositionEncoding } from '../../../server/positions.ts';
import { LspPair } from '../../support/lsp-pair.ts';
import { fullCapabilities, pulling } from '../../support/lsp-process.ts';
import { type AnyRequest, everyRequest, type RequestPlace } from '../../support/lsp-requests.ts';
import { characterStart, placeOf, positionAt, type RandomStep, randomStep } from './edits.ts';
import { checkAnswer } from './invariants.ts';

/** How much is tried. */
export interface FuzzOptions {
  /** Sequences of 1 to 30 steps. */
  readonly sequences: number;
  readonly seed: number;
  /** No new sequence is begun after this time; those begun are checked. */
  readonly timeLimitMs?: number;
  /** Called with the number of steps so far. */
  readonly onProgress?: (steps: number) => void;
}

const uri = 'file:///niia-no-such-folder/fuzz.connector.json';
const encodings: readonly PositionEncoding[] = ['utf-16', 'utf-8', 'utf-32'];

/** Returns how many steps were tried; throws with the shortest failing sequence found. */
export async function fuzzServer(options: FuzzOptions): Promise<number> {
  const texts = startingTexts();
  const sequence = fc.record({
    file: fc.constantFrom(...texts.keys()),
    encoding: fc.constantFrom(...encodings),
    steps: fc.array(randomStep, { minLength: 1, maxLength: 30, size: 'max' }),
  });
  const twins = new Map<PositionEncoding, Twins>();
  let count = 0;
  const holds = fc.asyncProperty(sequence, async ({ file, encoding, steps }) => {
    const pair = twins.get(encoding) ?? (await Twins.start(encoding));
    twins.set(encoding, pair);
    await pair.begin(texts.get(file) ?? '');
    for (const step of steps) {
      await pair.apply(step);
      count += 1;
      options.onProgress?.(count);
    }
    await pair.finish();
  });
  try {
    const { sequences: numRuns, seed, timeLimitMs } = options;
    const limit = timeLimitMs === undefined ? {} : { interruptAfterTimeLimit: timeLimitMs };
    await fc.assert(holds, { numRuns, seed, ...limit });
  } finally {
    for (const pair of twins.values()) pair.stop();
  }
  return count;
}

/** Every connector file among fixtures and examples, by name. */
function startingTexts(): ReadonlyMap<string, string> {
  const root = join(import.meta.dirname, '../../..');
  const folders = [
    'examples',
    'test/fixtures/connector/published',
    'test/fixtures/connector/rules',
    'test/fixtures/syntaxes',
  ];
  const files = folders.flatMap(folder =>
    readdirSync(join(root, folder))
      .filter(name => name.endsWith('.json') && !name.endsWith('.workflow.json'))
      .map(name => join(folder, name)),
  );
  return new Map(files.map(file => [file, readFileSync(join(root, file), 'utf8')]));
}

/** Two servers with the same document: one sees its edits, the other only its newest text. */
class Twins {
  readonly #edited: LspPair;
  readonly #fresh: LspPair;
  readonly #encoding: PositionEncoding;
  #start = '';
  #text = '';
  #version = 1;

  private constructor(edited: LspPair, fresh: LspPair, encoding: PositionEncoding) {
    this.#edited = edited;
    this.#fresh = fresh;
    this.#encoding = encoding;
  }

  static async start(encoding: PositionEncoding): Promise<Twins> {
    const capabilities = pulling({ ...fullCapabilities, general: { positionEncodings: [encoding] } });
    const start = () => LspPair.start({ capabilities });
    return new Twins(await start(), await start(), encoding);
  }

  async begin(text: string): Promise<void> {
    // A sequence that failed has left its document open.
    await this.finish();
    this.#start = text;
    this.#text = text;
    this.#version = 1;
    await this.#edited.open(text, uri);
  }

  async finish(): Promise<void> {
    const closed = { textDocument: { uri } };
    for (const server of [this.#edited, this.#fresh])
      await server.client.sendNotification('textDocument/didClose', closed);
  }

  stop(): void {
    this.#edited[Symbol.dispose]();
    this.#fresh[Symbol.dispose]();
  }

  async apply(step: RandomStep): Promise<void> {
    const changes: TextDocumentContentChangeEvent[] = [];
    let cursor = 0;
    if (step.isUndone) {
      this.#text = this.#start;
      changes.push({ text: this.#start });
    }
    for (const edit of step.edits) {
      const { start, end } = placeOf(this.#text, edit);
      const range = { start: this.#positionAt(start), end: this.#positionAt(end) };
      changes.push({ range, text: edit.inserted });
      this.#text = this.#text.slice(0, start) + edit.inserted + this.#text.slice(end);
      cursor = start + edit.inserted.length;
    }
    this.#version += 1;
    await this.#edited.change(this.#version, step.isWhole ? [{ text: this.#text }] : changes, uri);
    await this.#fresh.open(this.#text, uri);
    await this.#compare(step.cursor === undefined ? cursor : Math.floor(step.cursor * this.#text.length));
  }

  async #compare(offset: number): Promise<void> {
    const at = characterStart(this.#text, offset);
    const position = this.#positionAt(at);
    const range = { start: this.#positionAt(characterStart(this.#text, Math.floor(at / 2))), end: position };
    const requests = requestsAt(this.#edited, { uri, position, range });
    const [edited, fresh] = await Promise.all(
      [this.#edited, this.#fresh].map(server => Promise.all(requests.map(each => ask(server, each)))),
    );
    const asked = { uri, text: this.#text, encoding: this.#encoding };
    requests.forEach(({ method }, index) => {
      const where = `${method} at ${JSON.stringify(position)} of ${JSON.stringify(this.#text)}`;
      assert.equal(comparable(edited?.[index]), comparable(fresh?.[index]), where);
      checkAnswer(asked, where, method, edited?.[index]);
    });
    const failures = [...this.#edited.log, ...this.#fresh.log].filter(line => line.includes(' failed: '));
    assert.deepEqual(failures, [], `a feature failed over ${JSON.stringify(this.#text)}`);
  }

  #positionAt(offset: number) {
    return positionAt(this.#text, offset, this.#encoding);
  }
}

function requestsAt(server: LspPair, place: RequestPlace): readonly AnyRequest[] {
  const diagnostics = {
    capability: 'diagnosticProvider',
    method: 'textDocument/diagnostic',
    params: { textDocument: { uri } },
  } as const;
  return [...everyRequest(server.initialized.capabilities, place), diagnostics];
}

/** The answer, or the reason of a refusal; any other error is a finding. */
async function ask(server: LspPair, { method, params }: AnyRequest): Promise<unknown> {
  try {
    return await server.request(method, params);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === LSPErrorCodes.RequestFailed)
      return { refused: error.message };
    throw error;
  }
}

/** Versions count the edits, which only one of the two has seen; ids of results are counted too. */
function comparable(answer: unknown): string {
  const isCounter = (key: string) => key === 'version' || key === 'resultId';
  return JSON.stringify(answer, (key, value) => (isCounter(key) ? 0 : value)) ?? 'nothing';
}
