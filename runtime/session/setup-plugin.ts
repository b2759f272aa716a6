import { updateWorktree } from '../git/prepare-worktree.ts';
import { err, ok, type Result } from '../result.ts';
import type { SessionConfig, SessionContext, SessionFailure, SessionPlugin } from './session-plugin.ts';

/**
 * Runs `session.setup` once in a new worktree, with everything the session has got before (spec §3 `setup`). A command
 * that fails, or that a crash cut short, runs again the next time.
 */
export const setupPlugin: SessionPlugin = { name: 'setup', apply };

async function apply(
  session: SessionConfig,
  { settings, git, runSetup }: SessionContext,
): Promise<Result<SessionConfig, SessionFailure>> {
  const { worktree } = session;
  if (worktree === undefined || git === undefined || worktree.isSetUp) return ok(session);
  if (settings.setup !== undefined && settings.setup.length > 0) {
    if (runSetup === undefined) {
      return err({ kind: 'setup', code: undefined, lastOutput: 'nothing can run a setup command here' });
    }
    const { exitCode, ...rest } = await runSetup([...session.argvPrefix, ...settings.setup], session);
    if (exitCode !== 0) return err({ kind: 'setup', code: exitCode, ...rest });
  }
  await updateWorktree(git.guard, worktree.slug, { isSetUp: true });
  return ok({ ...session, worktree: { ...worktree, isSetUp: true } });
}
