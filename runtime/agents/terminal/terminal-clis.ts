import type { DeclaredAgent } from '../declared.ts';
import { liveTerminalOf } from '../declared-terminal.ts';
import { claudeTerminal } from './claude.ts';
import { codexTerminal } from './codex.ts';
import { copilotTerminal } from './copilot.ts';
import { createDeclaredTerminal } from './declared.ts';
import { geminiTerminal } from './gemini.ts';
import { opencodeTerminal } from './opencode.ts';
import { piTerminal } from './pi.ts';
import { qwenTerminal } from './qwen.ts';
import type { TerminalCli } from './terminal-cli.ts';

const terminalClis: ReadonlyMap<string, TerminalCli> = new Map(
  [
    claudeTerminal,
    codexTerminal,
    geminiTerminal,
    opencodeTerminal,
    copilotTerminal,
    qwenTerminal,
    piTerminal,
  ].map(cli => [cli.name, cli]),
);

/** Adapters whose CLI can be driven in its own terminal. */
export const terminalCliNames: readonly string[] = [...terminalClis.keys()];

/** How the CLI of that built-in adapter is driven in its own terminal; undefined for those that can only be watched there. */
export function terminalCliFor(adapter: string, platform: NodeJS.Platform): TerminalCli | undefined {
  return usableOn(platform, terminalClis.get(adapter));
}

/** The same for the CLI of a route: a declared adapter of a built-in name is another CLI. */
export function terminalCliOf(
  { adapter, declared }: { readonly adapter: string; readonly declared?: DeclaredAgent | undefined },
  platform: NodeJS.Platform,
): TerminalCli | undefined {
  if (declared === undefined) return terminalCliFor(adapter, platform);
  const live = liveTerminalOf(declared.terminal);
  return live && usableOn(platform, createDeclaredTerminal(adapter, live, declared.failures));
}

function usableOn(platform: NodeJS.Platform, cli: TerminalCli | undefined): TerminalCli | undefined {
  return platform === 'win32' && cli?.needsPosixShell === true ? undefined : cli;
}
