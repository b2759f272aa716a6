import assert from 'node:assert/strict';
import { uiTest } from '../support/ui-rig.ts';

const connector = `{
  "connector": "2.1",
  "name": "web",
  "task": "Be read.",
  "models": { "primary": "shell" },
  "pipeline": { "phases": [{ "name": "only", "needs": ["nobody"], "workers": [{ "name": "a", "prompt": "true" }] }] },
}
`;

uiTest(
  'in the host of web extensions the language server works, and a run says why it does not',
  {
    files: { 'connector.json': connector },
    file: 'connector.json',
    settings: { 'remote.extensionKind': { 'niia.niia': ['web'] } },
  },
  async ({ workbench, browser }) => {
    await workbench.has(
      'a hint of the language server',
      () => workbench.editorLines(),
      lines => lines.some(line => line.includes('1 phase · 1 session')),
    );
    // The comma is found by VS Code's own JSON support, which runs in another host.
    await workbench.command('View: Focus Problems');
    await workbench.has(
      'the problems that both language servers found',
      () => workbench.problems(),
      rows => ['nobody', 'comma'].every(part => rows.some(row => row.includes(part))),
    );
    assert.deepEqual(
      (await workbench.lenses()).filter(text => text.includes('Run')),
      [],
    );
    await workbench.command('connector.json: Run This File');
    await workbench.has(
      'the reason',
      () => workbench.notifications(),
      messages => messages.some(message => message.includes('no machine behind this window')),
    );
    assert.deepEqual([...browser.refused], [], 'nothing off this machine is asked for');
  },
);
