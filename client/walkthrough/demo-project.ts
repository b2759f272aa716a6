/** A small git repository to try connector files on, made from the examples in the package. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { t } from '@vscode/l10n';
import { err, ok, type Result } from '../../runtime/result.ts';

const run = promisify(execFile);

/**
 * Makes the repository unless it is there, with one commit. Returns the path of its connector file; the failure says, for
 * people, why it could not be made.
 *
 * @param examples the package's folder of examples
 * @param place where the repository is to be; the folder above it gets its worktrees
 */
export async function makeDemoProject(examples: string, place: string): Promise<Result<string, string>> {
  const file = join(place, 'demo.connector.json');
  if (existsSync(file)) return ok(file);
  // Under another name until it is whole: what is half made is never taken for a repository.
  const unfinished = `${place}.new`;
  try {
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(dirname(place), { recursive: true });
    await copyExamples(examples, unfinished);
    await commitAll(unfinished);
    await rename(unfinished, place);
    return ok(file);
  } catch (error) {
    const isGitMissing =
      error instanceof Error && 'code' in error && error.code === 'ENOENT' && 'spawnargs' in error;
    if (isGitMissing) return err(t('Runs need git, and there is none on the PATH.'));
    return err(error instanceof Error ? error.message : String(error));
  }
}

async function copyExamples(examples: string, folder: string): Promise<void> {
  const project = join(examples, 'demo', 'project');
  await cp(project, folder, { recursive: true });
  await cp(join(examples, 'demo.connector.json'), join(folder, 'demo.connector.json'));
  await cp(join(examples, 'demo'), join(folder, 'demo'), {
    recursive: true,
    filter: source => source !== project,
  });
}

async function commitAll(cwd: string): Promise<void> {
  const git = (...args: readonly string[]) =>
    run(
      'git',
      ['-c', 'user.name=Demo', '-c', 'user.email=demo@localhost', '-c', 'commit.gpgsign=false', ...args],
      {
        cwd,
      },
    );
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('commit', '--quiet', '--no-verify', '--message', 'A small library, with tests for what it lacks');
}
