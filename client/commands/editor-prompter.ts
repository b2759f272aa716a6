/** Asks and tells through the editor's own boxes. */
import * as vscode from 'vscode';
import type { Prompter, Telling } from './prompter.ts';

/** The prompter of this window. */
export const editorPrompter: Prompter = {
  async text({ title, prompt, value }) {
    return await vscode.window.showInputBox({
      title,
      prompt,
      ignoreFocusOut: true,
      ...(value !== undefined && { value }),
    });
  },
  async choose(title, choices) {
    const chosen = await vscode.window.showQuickPick([...choices], {
      title,
      matchOnDescription: true,
      matchOnDetail: true,
    });
    return chosen?.value;
  },
  async tell({ severity, message, isModal = false }: Telling, ...buttons) {
    const options = { modal: isModal };
    switch (severity) {
      case 'info':
        return await vscode.window.showInformationMessage(message, options, ...buttons);
      case 'warning':
        return await vscode.window.showWarningMessage(message, options, ...buttons);
      case 'error':
        return await vscode.window.showErrorMessage(message, options, ...buttons);
    }
  },
};
