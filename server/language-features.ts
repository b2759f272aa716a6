/** What the server says about connector files and helps to write: completion, hover, diagnostics, quick fixes. */
import { CodeActionKind } from 'vscode-languageserver';
import { diagnosticReport } from './diagnostic-report.ts';
import type { FeatureGroup } from './feature.ts';
import { quickFixes } from './features/code-actions.ts';
import { triggerCharacters } from './features/completion/completion.ts';
import { fixAll, fixAllKind } from './features/fix-all.ts';
import { keyOrderAction, keyOrderKind } from './features/key-order.ts';
import { refactorings } from './features/refactorings.ts';
import { fullCompletion, fullDiagnostics, fullHover } from './features/schema.ts';

/** Longest that a list, a hover or a menu waits for facts about the machine, in ms: less than people notice. */
const waitMs = 150;

/**
 * The name that clients keep our diagnostics under. Without one VS Code numbers the collections of each extension host
 * from 0, and the nameless diagnostics of an extension in another host (its own JSON support) replace ours.
 */
const identifier = 'connector.json';

/** Completion, hover, diagnostics, code actions. */
export const languageFeatures: FeatureGroup = {
  capabilities: client => ({
    completionProvider: { triggerCharacters: [...triggerCharacters] },
    hoverProvider: true,
    codeActionProvider: {
      codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.Refactor, fixAllKind, keyOrderKind],
    },
    ...(client.pullsDiagnostics
      ? { diagnosticProvider: { identifier, interFileDependencies: false, workspaceDiagnostics: false } }
      : {}),
  }),
  register(connection, handlers) {
    connection.onCompletion(handlers.document('completion', fullCompletion, noItems, { waitMs }));
    connection.onHover(handlers.document('hover', fullHover, null, { waitMs }));
    // Each behind a fence of its own: one that fails takes none of the others away.
    const actions = [
      handlers.document('quick fixes', quickFixes, []),
      handlers.document('refactorings', refactorings, []),
      handlers.document('fix all', fixAll, []),
      handlers.document('key order', keyOrderAction, []),
    ];
    connection.onCodeAction(async (params, token) => {
      const found = await Promise.all(actions.map(action => action(params, token)));
      return found.flat();
    });
    const diagnose = handlers.document('diagnostics', fullDiagnostics, []);
    connection.languages.diagnostics.on(async (params, token) => {
      const items = await diagnose(params, token);
      return diagnosticReport(items, params.previousResultId);
    });
  },
};

const noItems = { isIncomplete: false, items: [] };
