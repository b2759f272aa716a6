/** What the suites ask of the window they run in. */
import * as vscode from 'vscode';
import { eventually as poll } from '../../../support/wait.ts';

/** An open file, and where things stand in it. */
export interface OpenFile {
  readonly document: vscode.TextDocument;
  readonly editor: vscode.TextEditor;
  /** Position of the first occurrence of a text, `delta` characters on. */
  positionOf(text: string, delta?: number): vscode.Position;
}

/** The workspace's connector file as it stands on disk, in an editor. */
export async function connectorFile(): Promise<OpenFile> {
  const [file] = await vscode.workspace.findFiles('connector.json');
  if (file === undefined) throw new Error('the workspace has no connector.json');
  return await show(file);
}

/** A new file of the workspace, in an editor. */
export async function newFile(name: string, text: string): Promise<OpenFile> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (folder === undefined) throw new Error('no workspace');
  const file = vscode.Uri.joinPath(folder, name);
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
  return await show(file);
}

/** Asks until the answer fits. */
export async function eventually<T>(
  what: string,
  ask: () => Thenable<T> | T,
  fits: (answer: T) => boolean,
): Promise<T> {
  let last: T | undefined;
  const probe = async () => {
    last = await ask();
    return fits(last) ? { value: last } : undefined;
  };
  return (await poll(probe, { what, seen: () => last })).value;
}

async function show(file: vscode.Uri): Promise<OpenFile> {
  const document = await vscode.workspace.openTextDocument(file);
  const editor = await vscode.window.showTextDocument(document);
  return {
    document,
    editor,
    positionOf(text, delta = 0) {
      const at = document.getText().indexOf(text);
      if (at === -1) throw new Error(`no ${JSON.stringify(text)} in the file`);
      return document.positionAt(at + delta);
    },
  };
}
