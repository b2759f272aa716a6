import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { uiTest } from '../support/ui-rig.ts';

const connector = `{
  "connector": "2.1",
  "name": "untrusted",
  "task": "Do harm.",
  "models": { "primary": "shell" },
  "pipeline": { "phases": [{ "name": "harm", "needs": ["nobody"], "workers": [{ "name": "a", "prompt": "true" }] }] }
}
`;

uiTest(
  'in a workspace that is not trusted the language server works and nothing is started',
  {
    files: { 'connector.json': connector },
    file: 'connector.json',
    asksForTrust: true,
    // The oldest version asks in a dialog, at any moment; unanswered, the folder is not trusted.
    settings: { 'security.workspace.trust.startupPrompt': 'never' },
  },
  async ({ workbench, server }) => {
    await workbench.command('View: Focus Problems');
    await workbench.has(
      'a problem found by the language server',
      () => workbench.problems(),
      rows => rows.some(row => row.includes('nobody')),
    );
    await workbench.has(
      'the lenses',
      () => workbench.lenses(),
      lenses => lenses.some(text => text.includes('Run')),
    );
    await workbench.clickLens(/Run$/);
    await workbench.has(
      'the refusal',
      () => workbench.notifications(),
      messages => messages.some(message => /trust/i.test(message)),
    );
    const state = join(server.niiaHome, 'state');
    assert.deepEqual(existsSync(state) ? readdirSync(state) : [], []);
  },
);
