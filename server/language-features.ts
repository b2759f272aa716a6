/** What the server says about connector files and helps to write: completion, hover, diagnostics, quick fixes. */
import type { FeatureGroup } from './feature.ts';
import { diagnostics } from './features/diagnostics.ts';

/** Completion, hover, diagnostics, code actions. */
export const languageFeatures: FeatureGroup = {
  capabilities: client => ({
    ...(client.pullsDiagnostics
      ? { diagnosticProvider: { interFileDependencies: false, workspaceDiagnostics: false } }
      : {}),
  }),
  register(connection, handlers) {
    const diagnose = handlers.document('diagnostics', diagnostics, []);
    connection.languages.diagnostics.on(async (params, token) => ({
      kind: 'full',
      items: [...(await diagnose(params, token))],
    }));
  },
};
