/** Runs the code of the first requests before they come: an engine is slow with code that it has not run for a while. */
import { TextDocument } from 'vscode-languageserver-textdocument';
import { emptyFacts } from './facts.ts';
import type { FeatureContext } from './feature.ts';
import { fullCompletion, fullDiagnostics, fullHover } from './features/schema.ts';
import { createSnapshot } from './snapshot.ts';

/** Time after the start in which a client wants the answers for what it has open, in ms. */
const restMs = 1000;
/** Between two pieces, so that requests wait for one of them at most. */
const pauseMs = 10;
/** Time that is spent on it at most, pauses apart, in ms. */
const maxTimeMs = 250;
/** Rounds after which there is little left to gain. */
const maxRounds = 60;

/** Asks for diagnostics, completions and hovers in a file of our own, in pieces of some milliseconds. */
export async function warmUp(context: Pick<FeatureContext, 'client' | 'settings'>): Promise<void> {
  await pause(restMs);
  let spentMs = 0;
  for (let round = 0; round < maxRounds && spentMs < maxTimeMs; round++) {
    for (const piece of piecesOf(round, { ...context, ...nobody })) {
      const started = performance.now();
      await piece();
      spentMs += performance.now() - started;
      await pause(pauseMs);
    }
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
