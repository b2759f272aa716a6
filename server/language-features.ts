/** What the server says about connector files and helps to write: completion, hover, diagnostics, quick fixes. */
import { CodeActionKind } from 'vscode-languageserver';
import type { FeatureGroup } from './feature.ts';
import { quickFixes } from './features/code-actions.ts';
import { triggerCharacters } from './features/completion/completion.ts';
import { fixAll, fixAllKind } from './features/fix-all.ts';
import { keyOrderAction, keyOrderKind } from './features/key-order.ts';
import { refactorings } from './features/refactorings.ts';
import { fullCompletion, fullDiagnostics, fullHover } from './features/schema.ts';

/** Longest that a list, a hover or a menu waits for facts about the machine, in ms: less than people notice. */
const waitMs = 150;

/** Completion, hover, diagnostics, code actions. */
export const languageFeatures: FeatureGroup = {
  capabilities: client => ({
    completionProvider: { triggerCharacters: [...triggerCharacters] },
    hoverProvider: true,
    codeActionProvider: {
      codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.Refactor, fixAllKind, keyOrderKind],
    },
    ...(client.pullsDiagnostics
      ? { diagnosticProvider: { interFileDependencies: false, workspaceDiagnostics: false } }
      : {}),
  }),
  register(connection, handlers) {
    connection.onCompletion(handlers.document('completion', fullCompletion, noItems, { waitMs }));
    connection.onHover(handlers.document('hover', fullHover, null, { waitMs }));
    connection.onCodeAction(
      handlers.document(
        'code actions',
        (snapshot, params, context) => [
          ...quickFixes(snapshot, params, context),
          ...refactorings(snapshot, params, context),
          ...fixAll(snapshot, params, context),
          ...keyOrderAction(snapshot, params, context),
        ],
        [],
      ),
    );
    const diagnose = handlers.document('diagnostics', fullDiagnostics, []);
    connection.languages.diagnostics.on(async (params, token) => ({
      kind: 'full',
      items: [...(await diagnose(params, token))],
    }));
  },
};

const noItems = { isIncomplete: false, items: [] };
