/** Links in the terminals of workers: files of the worker's own worktree, where the output means them. */
import { isAbsolute, join } from 'node:path';
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { WorkerView } from '../../runtime/engine/projections.ts';
import { type FileLink, findFileLinks } from './file-links.ts';

/** A link with the file it opens. */
class WorktreeLink extends vscode.TerminalLink {
  readonly file: vscode.Uri;
  readonly position: vscode.Position;

  constructor(link: FileLink, file: vscode.Uri) {
    super(link.start, link.length, t('Open in the worktree of the worker'));
    this.file = file;
    this.position = new vscode.Position((link.line ?? 1) - 1, (link.column ?? 1) - 1);
  }
}

/** Finds the links of terminals that show workers. */
export function createLinkProvider(
  workerOf: (terminal: vscode.Terminal) => Pick<WorkerView, 'dir'> | undefined,
): vscode.TerminalLinkProvider<WorktreeLink> {
  return {
    async provideTerminalLinks({ line, terminal }) {
      const dir = workerOf(terminal)?.dir;
      if (dir === undefined) return [];
      const links = await Promise.all(findFileLinks(line).map(link => resolve(link, dir)));
      return links.filter(link => link !== undefined);
    },
    async handleTerminalLink({ file, position }) {
      const selection = new vscode.Range(position, position);
      await vscode.window.showTextDocument(file, { selection, preview: true });
    },
  };
}

async function resolve(link: FileLink, dir: string): Promise<WorktreeLink | undefined> {
  const file = vscode.Uri.file(isAbsolute(link.path) ? link.path : join(dir, link.path));
  try {
    const { type } = await vscode.workspace.fs.stat(file);
    return (type & vscode.FileType.File) === 0 ? undefined : new WorktreeLink(link, file);
  } catch {
    // Most words that look like files are none.
    return undefined;
  }
}
