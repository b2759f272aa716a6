import { familyAdapter } from './gemini-family.ts';
import { createGeminiReader } from './gemini-reader.ts';

/** Gemini CLI. It passes over our settings file if others can write to a folder above it. */
export const gemini = familyAdapter({
  name: 'gemini',
  testedVersion: '0.61.0',
  permissions: {
    'read-only': {
      args: ['--approval-mode', 'default'],
      means: 'reads; tools that edit or run commands are not offered, unless your gemini settings allow them',
    },
    ask: {
      args: ['--approval-mode', 'default'],
      means: 'as read-only: nobody can be asked in a headless turn',
    },
    edit: {
      args: ['--approval-mode', 'auto_edit'],
      means: 'edits files; tools that run commands are not offered, unless your gemini settings allow them',
    },
    full: { args: ['--approval-mode', 'yolo'], means: 'does everything without asking' },
  },
  needs: {
    hosts: ['*.googleapis.com', 'accounts.google.com', 'oauth2.googleapis.com'],
    stateDirectories: [{ path: '~/.gemini', variable: 'GEMINI_CLI_HOME' }],
  },
  createReader: createGeminiReader,
  // The question whether the folder is trusted, answered for this process only.
  firstArgs: ['--skip-trust'],
  folderFlag: '--include-directories',
  settingsVariable: 'GEMINI_CLI_SYSTEM_DEFAULTS_PATH',
  // By itself gemini tries ten times, for four minutes; the runtime has its own failover (spec §4).
  settings: { general: { maxAttempts: 3, enableAutoUpdate: false } },
});
