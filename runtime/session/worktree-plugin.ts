import { prepareWorktree, updateWorktree } from '../git/prepare-worktree.ts';
import { removeWorktree } from '../git/remove-worktree.ts';
import { describeHeldWork } from '../git/worktree-failure.ts';
import { type Inclusion, includeFiles } from '../git/worktree-include.ts';
import { ok, type Result } from '../result.ts';
import type {
  SessionConfig,
  SessionContext,
  SessionFailure,
  SessionGit,
  SessionPlugin,
} from './session-plugin.ts';

/**
 * Puts the session into its own worktree, with the files that `.worktreeinclude` names (spec §3 `worktree`). At
 * cleanup the worktree goes, if nothing in it would be lost; else a note says where it is.
 */
export const worktreePlugin: SessionPlugin = { name: 'worktree', apply, cleanup };

async function apply(
  session: SessionConfig,
  context: SessionContext,
): Promise<Result<SessionConfig, SessionFailure>> {
  const { git, settings, workspace } = context;
  if (git === undefined || settings.worktree === false) return ok({ ...session, cwd: workspace });
  const prepared = await prepareWorktree(git.guard, git.request);
  if (!prepared.ok) return prepared;
  const { worktree, origin, isSetUp } = prepared.value;
  const inNewTree = { ...session, cwd: worktree.path, worktree: { ...worktree, origin, isSetUp } };
  const renamed =
    worktree.slug === git.request.slug
      ? []
      : [`"${git.request.slug}" is taken: the worktree is "${worktree.slug}"`];
  const noted = { ...inNewTree, notes: [...session.notes, ...renamed] };
  return isSetUp ? ok(noted) : await bringFiles(noted, context, git);
}

/** Runs again for a worktree whose setup a crash cut short: nothing that exists is overwritten. */
async function bringFiles(
  session: SessionConfig,
  context: SessionContext,
  git: SessionGit,
): Promise<Result<SessionConfig, SessionFailure>> {
  const { worktree } = session;
  if (worktree === undefined) return ok(session);
  const included = await includeFiles({
    workspace: context.workspace,
    target: worktree.path,
    linkedDirectories: git.linkedDirectories,
    access: git.guard.access,
  });
  if (!included.ok) return included;
  const excluded = [...new Set([...worktree.excluded, ...included.value.excluded])];
  await updateWorktree(git.guard, worktree.slug, { excluded });
  return ok({
    ...session,
    worktree: { ...worktree, excluded },
    notes: [...session.notes, ...describeSkipped(included.value)],
  });
}

const SKIP_WORDS = {
  link: 'is a link',
  too_much: 'is beyond the limit of 10,000 files and 512 MiB',
  missing: 'does not exist',
  unreadable: 'cannot be copied',
  behind_link: 'would land behind a link',
} as const;

function describeSkipped({ skipped }: Inclusion): readonly string[] {
  return skipped.flatMap(({ path, reason }) =>
    reason === 'exists' ? [] : [`"${path}" was not brought into the worktree: it ${SKIP_WORDS[reason]}`],
  );
}

async function cleanup(
  session: SessionConfig,
  { git, mergedInto }: SessionContext,
): Promise<Result<SessionConfig, SessionFailure>> {
  if (session.worktree === undefined || git === undefined || mergedInto === undefined) return ok(session);
  const removal = await removeWorktree(git.guard, session.worktree, mergedInto);
  if (!removal.ok) return removal;
  if (removal.value.kind === 'removed') return ok(session);
  const note = `kept ${removal.value.path}: it holds ${describeHeldWork(removal.value.held)}`;
  return ok({ ...session, notes: [...session.notes, note] });
}
