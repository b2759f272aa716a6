import { claudeTerminal } from './claude.ts';
import { codexTerminal } from './codex.ts';
import { geminiTerminal } from './gemini.ts';
import { qwenTerminal } from './qwen.ts';
import type { TerminalCli } from './terminal-cli.ts';

const terminalClis: ReadonlyMap<string, TerminalCli> = new Map(
  [claudeTerminal, codexTerminal, geminiTerminal, qwenTerminal].map(cli => [cli.name, cli]),
);

/** Adapters whose CLI can be driven in its own terminal. */
export const terminalCliNames: readonly string[] = [...terminalClis.keys()];

/** How the CLI of that adapter is driven in its own terminal; undefined for those that can only be watched there. */
export function terminalCliFor(adapter: string, platform: NodeJS.Platform): TerminalCli | undefined {
  const cli = terminalClis.get(adapter);
  return platform === 'win32' && cli?.needsPosixShell === true ? undefined : cli;
}
