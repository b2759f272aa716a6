import * as vscode from 'vscode';

/** How AI CLIs run where the file does not say: the setting `niia.transport`, as `--transport` takes it. */
export function configuredTransport(): 'terminal' | 'headless' {
  const isHeadless = vscode.workspace.getConfiguration('niia').get('transport') === 'headless';
  return isHeadless ? 'headless' : 'terminal';
}
