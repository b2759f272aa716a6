import { familyAdapter } from './gemini-family.ts';
import { createQwenReader } from './qwen-reader.ts';
import { qwenChatFile, qwenHome } from './qwen-requests.ts';

/** Qwen Code. */
export const qwen = familyAdapter({
  name: 'qwen',
  testedVersion: '0.24.4',
  permissions: {
    'read-only': {
      args: [
        '--approval-mode',
        'default',
        '--exclude-tools',
        'write_file,edit,notebook_edit,run_shell_command',
      ],
      means: 'reads; tools that edit or run commands are taken away',
    },
    ask: {
      args: ['--approval-mode', 'default'],
      means:
        'reads; tools that edit or run commands are not offered, as nobody can be asked, unless your qwen settings allow them',
    },
    edit: {
      args: ['--approval-mode', 'auto-edit'],
      means: 'edits files; tools that run commands are not offered, unless your qwen settings allow them',
    },
    full: { args: ['--approval-mode', 'yolo'], means: 'does everything without asking' },
  },
  needs: {
    hosts: ['*.aliyuncs.com', 'chat.qwen.ai', 'portal.qwen.ai'],
    stateDirectories: [{ path: '~/.qwen' }],
  },
  createReader: createQwenReader,
  errorsFile: ({ conversation }, { cwd, env }) =>
    conversation && `${qwenHome(env)}/${qwenChatFile(cwd, conversation.id)}`,
  firstArgs: [],
  // A sign that the model answers: the file of errors does not say how long qwen waits before it tries again.
  headlessArgs: ['--include-partial-messages'],
  folderFlag: '--add-dir',
  settingsVariable: 'QWEN_CODE_SYSTEM_DEFAULTS_PATH',
  mcpFlag: '--mcp-config',
  settings: {
    // By itself qwen tries for more than 15 minutes, as its layers of retries multiply; with none in the inner one it gives
    // up after little more than one. The runtime has its own failover (spec §4).
    model: { generationConfig: { maxRetries: 0, retryInitialDelayMs: 1000 } },
    general: { enableAutoUpdate: false },
  },
});
