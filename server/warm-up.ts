/** Runs the code of the first requests before they come: an engine is slow with code that it has not run for a while. */
import { TextDocument } from 'vscode-languageserver-textdocument';
import { emptyFacts } from './facts.ts';
import type { FeatureContext } from './feature.ts';
import { fullCompletion, fullDiagnostics, fullHover } from './features/schema.ts';
import { createSnapshot } from './snapshot.ts';

/** The client has its answers if it has asked nothing for so long, in ms. */
const quietMs = 500;
/** Between two pieces, so that requests wait for one of them at most. */
const pauseMs = 10;
/** Time that is spent on it at most, pauses apart, in ms. */
const maxTimeMs = 250;
/** Rounds after which there is little left to gain. */
const maxRounds = 60;

/**
 * Asks for diagnostics, completions and hovers in a file of our own, in pieces of some milliseconds, as long as the client
 * is quiet. `askedAt` tells when it asked for something last, in ms of `performance.now()`.
 */
export async function warmUp(
  context: Pick<FeatureContext, 'client' | 'settings'>,
  askedAt: () => number,
): Promise<void> {
  let spentMs = 0;
  for (let round = 0; round < maxRounds && spentMs < maxTimeMs; round++) {
    for (const piece of piecesOf(round, { ...context, ...nobody })) {
      await untilQuiet(askedAt);
      const started = performance.now();
      await piece();
      spentMs += performance.now() - started;
    }
  }
}

async function untilQuiet(askedAt: () => number): Promise<void> {
  await pause(pauseMs);
  for (;;) {
    const leftMs = askedAt() + quietMs - performance.now();
    if (leftMs <= 0) return;
    await pause(leftMs);
  }
}

/** A pause that does not keep the process alive. */
async function pause(ms: number): Promise<void> {
  await new Promise<void>(resolve => {
    const timer: unknown = setTimeout(resolve, ms);
    // In the browser a timer is a number.
    if (timer instanceof Object && 'unref' in timer && typeof timer.unref === 'function') timer.unref();
  });
}

const nobody: Pick<FeatureContext, 'facts' | 'workspace' | 'isCancelled'> = {
  facts: emptyFacts(),
  workspace: () => [],
  isCancelled: () => false,
};

function piecesOf(round: number, context: FeatureContext): readonly (() => unknown)[] {
  const uri = 'untitled:warm-up.connector.json';
  const document = TextDocument.create(uri, 'json', round, sampleText(round));
  const snapshot = createSnapshot(document, {
    encoding: 'utf-16',
    adapters: [],
    severities: {},
    isMarked: true,
  });
  const at = (needle: string) => {
    const offset = snapshot.text.lastIndexOf(needle) + needle.length;
    return { textDocument: { uri }, position: document.positionAt(offset) };
  };
  return [
    () => fullDiagnostics(snapshot, {}, context),
    () => fullCompletion(snapshot, at('"model": "'), context),
    () => fullCompletion(snapshot, at('"session": { '), context),
    () => fullHover(snapshot, at('"model": "'), context),
    () => fullHover(snapshot, at('"promp'), context),
  ];
}

/** A pipeline with one of most things that the analysis looks at. */
function sampleText(round: number): string {
  const phases = Array.from({ length: 40 }, (_, index) => ({
    name: `phase-${index}`,
    ...(index === 0 ? {} : { needs: [`phase-${index - 1}`] }),
    workers: [{ name: 'a' }, { name: 'b', model: 'deep', prompt: 'Review {answers.phase-0} for {task}.' }],
    session: { worktree: '{name}-{phase}-{worker}', env: { ROUND: `${round}` } },
    prompt: 'Do {task}.',
    model: 'primary',
  }));
  const models = { primary: 'claude', deep: ['opus', 'codex'], fallback: 'codex' };
  return JSON.stringify({ connector: '2.1', task: 'None', models, pipeline: { phases } }, undefined, 2);
}
