/** Tools for the editor's language models, and niia as an MCP server of the editor: each only where the editor has it. */
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { configuredTransport } from '../transport.ts';
import { registerMcpServer } from './mcp-provider.ts';
import { readToolInput, ToolCalls, type ToolName, toolNames } from './tool-calls.ts';

/** Registers both. */
export function registerTools(parts: Parts): vscode.Disposable {
  const calls = new ToolCalls({
    cli: parts.cli,
    transport: configuredTransport,
    folder: () => vscode.workspace.workspaceFolders?.find(folder => folder.uri.scheme === 'file')?.uri.fsPath,
  });
  // Editors made from VS Code may leave the API out.
  const hasTools = typeof vscode.lm?.registerTool === 'function';
  const tools = hasTools ? toolNames.map(name => vscode.lm.registerTool(name, toolOf(name, calls))) : [];
  return vscode.Disposable.from(...tools, registerMcpServer(parts));
}

function toolOf(name: ToolName, calls: ToolCalls): vscode.LanguageModelTool<unknown> {
  return {
    invoke: async ({ input }, token) => {
      const text = await calls.call(name, readToolInput(input), signalOf(token));
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
    },
    ...(name === 'niia_run' && {
      prepareInvocation: ({ input }, token) => confirmRun(input, calls, signalOf(token)),
    }),
  };
}

async function confirmRun(
  value: unknown,
  calls: ToolCalls,
  signal: AbortSignal,
): Promise<vscode.PreparedToolInvocation> {
  const input = readToolInput(value);
  const plan = await calls.planToConfirm(input, signal);
  const message = new vscode.MarkdownString();
  if (plan.ok)
    message.appendMarkdown(`${t('This is what will run:')}\n\n`).appendCodeblock(plan.value, 'text');
  else message.appendMarkdown(`${t('It cannot run:')}\n\n`).appendCodeblock(plan.failure, 'text');
  return {
    invocationMessage: t('Starting {0}', input.file ?? ''),
    confirmationMessages: { title: t('Run {0}?', input.file ?? ''), message },
  };
}

function signalOf(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
