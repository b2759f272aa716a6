/** Shows where a phase or worker stands in its connector file. */
import * as vscode from 'vscode';
import { readPlaces } from '../problems/connector-places.ts';

/** Opens the file in the editor that shows it already, else in the first column, with the phase's or worker's name selected. */
export async function revealPhase(uri: vscode.Uri, phase: string, worker?: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const place = readPlaces(document.getText()).find(phase, worker);
  const shown = vscode.window.visibleTextEditors.find(editor => editor.document === document);
  await vscode.window.showTextDocument(document, {
    viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One,
    ...(place && { selection: rangeOf(place) }),
  });
}

function rangeOf({
  start,
  end,
}: NonNullable<ReturnType<ReturnType<typeof readPlaces>['find']>>): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
