import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { discardWork } from '../../../../client/review/discard-work.ts';
import { mergeRun } from '../../../../client/review/merge-run.ts';
import { openWorktree } from '../../../../client/review/open-worktree.ts';
import { pickBranch } from '../../../../client/review/pick-branch.ts';
import { pullRequestBranch } from '../../../../client/review/pull-request-branch.ts';
import type { ReviewHost } from '../../../../client/review/review-host.ts';
import { showChanges } from '../../../../client/review/show-changes.ts';
import type { Responses } from '../../../../runtime/protocol.ts';
import { runOf } from '../problems/run-sketch.ts';
import { type Answers, ReviewWindow } from './review-window.ts';

type Command = (host: ReviewWindow, argument: unknown) => Promise<void>;

/** What is seen of a command on run `r1`. */
async function seenOf(
  command: Command,
  answers: Answers,
  choices: readonly (string | undefined)[] = [],
  argument: unknown = { run: 'r1' },
): Promise<string> {
  const window = new ReviewWindow(answers, choices, [picking]);
  await command(window, argument);
  return `\n${window.text()}`;
}

const picking = runOf(
  'r1',
  {
    draft: {
      state: 'picking',
      workers: {
        a: {
          state: 'succeeded',
          label: 'claude',
          files: 2,
          answer: { summary: 'A short one.', file: '' },
          dir: tmpdir(),
        },
        b: { state: 'succeeded', label: 'codex', files: 5, dir: `${tmpdir()}/niia-is-gone` },
        c: { state: 'failed' },
      },
    },
  },
  [{ kind: 'pick', phase: 'draft', candidates: ['draft/a', 'draft/b'], since: '' }],
);

function changes(files: Responses['run/changes']['files'], more: Partial<Responses['run/changes']> = {}) {
  return { root: '/repo', base: 'b', head: 'h', commits: 1, files, isTruncated: false, ...more };
}

const file = (object: string, bytes = 10) => ({ kind: 'file', object, bytes }) as const;
const modified = {
  path: 'src/a.ts',
  status: 'modified',
  isBinary: false,
  old: file('1'),
  new: file('2'),
} as const;

describe('niia.showChanges', () => {
  it('shows both sides of every file, and a sentence in place of what is no text', async () => {
    const answer = changes([
      modified,
      {
        path: 'new.ts',
        oldPath: 'old.ts',
        status: 'renamed',
        isBinary: false,
        old: file('3'),
        new: file('3'),
      },
      { path: 'gone.ts', status: 'deleted', isBinary: false, old: file('4') },
      { path: 'icon.png', status: 'modified', isBinary: true, old: file('5', 7), new: file('6', 9) },
      { path: 'big.txt', status: 'added', isBinary: false, new: file('7', 6_000_000) },
      { path: 'sub', status: 'added', isBinary: false, new: { kind: 'submodule', object: '8' } },
    ]);
    assert.equal(
      await seenOf(showChanges, { 'run/changes': [answer] }),
      `
→ run/changes {"run":"r1"}
show Changes of r1
  /repo/src/a.ts: /r1/src/a.ts@1 ↔ /r1/src/a.ts@2
  /repo/new.ts: /r1/old.ts@3 ↔ /r1/new.ts@3
  /repo/gone.ts: /r1/gone.ts@4 ↔ none
  /repo/icon.png: Binary file: 7 bytes, blob 5 ↔ Binary file: 9 bytes, blob 6
  /repo/big.txt: none ↔ Too large to be shown: 6000000 bytes, blob 7
  /repo/sub: none ↔ Submodule at commit 8`,
    );
  });

  it('shows the files themselves of a worker that is still at work, but no link of its', async () => {
    const link = {
      path: 'link',
      status: 'added',
      isBinary: false,
      new: { kind: 'link', object: '3', bytes: 6 },
    } as const;
    const answer = changes([modified, link], { liveDir: '/trees/w' });
    assert.equal(
      await seenOf(showChanges, { 'run/changes': [answer] }, [], { run: 'r1', worker: 'draft/a' }),
      `
→ run/changes {"run":"r1","worker":"draft/a"}
show Changes of draft/a as they are now
  /repo/src/a.ts: /trees/w/src/a.ts@1 ↔ /trees/w/src/a.ts
  /repo/link: none ↔ /trees/w/link@3`,
    );
  });

  it('says that nothing changed, or why nothing can be shown', async () => {
    assert.match(
      await seenOf(showChanges, { 'run/changes': [changes([])] }),
      /^info: r1 changed no file\.$/m,
    );
    assert.match(
      await seenOf(showChanges, { 'run/changes': ['no-repository'] }),
      /^warning: \(no-repository\)$/m,
    );
  });

  it('says where the changes of a worker in place are to be found', async () => {
    const { plan, ...rest } = picking;
    const place = { kind: 'in-place', dir: '/repo', reason: 'asked' } as const;
    const phases = plan.phases.map(phase => ({
      ...phase,
      workers: phase.workers.map(worker => ({ ...worker, place })),
    }));
    const window = new ReviewWindow(
      { 'run/changes': [changes([])] },
      ['Open Source Control'],
      [{ ...rest, plan: { ...plan, phases } }],
    );
    await showChanges(window, { run: 'r1' });
    assert.match(window.text(), /^info: r1 worked in your own files, [\s\S]*^⇒ workbench\.view\.scm/m);
  });

  it('asks for the run where none is named', async () => {
    const seen = await seenOf(showChanges, { 'run/changes': [changes([modified])] }, ['test'], null);
    assert.match(seen, /Show the changes of which run\?\n {2}test \| failed\n[\s\S]*show Changes of r1/);
  });
});

describe('niia.merge', () => {
  const tried = { branch: 'main', commit: 'c0ffee', files: 1, commits: 3 };

  it('names branch, commits and files, and merges only then', async () => {
    const answers = {
      'run/merge': [tried, { ...tried, commit: '0123456789abcdef' }],
      'run/changes': [changes([modified])],
    };
    assert.equal(
      await seenOf(mergeRun, answers, ['Merge']),
      `
→ run/merge {"run":"r1","dryRun":true}
→ run/changes {"run":"r1"}
[Merge r1 into your branch "main"?]
  Commits: 3. Files: 1.
  • src/a.ts

  Your uncommitted changes stay as they are.
  <Merge> <Show Changes>
→ run/merge {"run":"r1"}
info: Merged into "main" as 0123456789ab. Files: 1.`,
    );
  });

  it('does nothing when the question is closed, and shows the changes when asked to', async () => {
    const answers = { 'run/merge': [tried], 'run/changes': [changes([modified])] };
    assert.doesNotMatch(await seenOf(mergeRun, answers, [undefined]), /run\/merge \{"run":"r1"\}/);
    const looked = await seenOf(mergeRun, answers, ['Show Changes', undefined]);
    assert.match(
      looked,
      /⇒ niia\.showChanges \{"run":"r1"\}\ninfo: Merge r1 into your branch "main"\?\n {2}<Merge…>$/,
    );
  });

  const refusals: readonly (readonly [string, string, string])[] = [
    ['conflict', 'Create Branch…', 'niia.pullRequestBranch {"run":"r1"}'],
    ['would_overwrite', 'Open Source Control', 'workbench.view.scm undefined'],
    ['operation_in_progress', 'Open Source Control', 'workbench.view.scm undefined'],
    ['run-going-on', 'Stop the Run…', 'niia.stop {"run":"r1"}'],
  ];
  for (const [code, action, command] of refusals) {
    it(`refused for ${code}, it offers "${action}"`, async () => {
      const seen = await seenOf(mergeRun, { 'run/merge': [code] }, [action]);
      assert.ok(seen.includes(`warning: (${code})`), seen);
      assert.ok(seen.endsWith(`⇒ ${command}`), seen);
    });
  }

  it('says that the branch has it all already', async () => {
    const seen = await seenOf(mergeRun, { 'run/merge': [{ ...tried, files: 0, commits: 0 }] });
    assert.match(seen, /^info: There is nothing to merge: "main" has all of r1\.$/m);
  });
});

describe('niia.pick', () => {
  it('offers the candidates, and takes the one chosen', async () => {
    assert.equal(
      await seenOf(pickBranch, { 'run/pick': [{}] }, ['draft/b'], { run: 'r1', phase: 'draft' }),
      `
Which branch of phase "draft" does the run go on with?
  draft/a | claude · files changed: 2 | A short one.
  draft/b | codex · files changed: 5
  $(diff) Compare two side by side…
  <draft/a> <draft/b> <$(diff) Compare two side by side…>
→ run/pick {"run":"r1","phase":"draft","worker":"draft/b"}
info: r1 goes on with the work of draft/b. The other branches are kept.`,
    );
  });

  it('compares two side by side before one is taken', async () => {
    const answers = { 'run/changes': [changes([modified])], 'run/pick': [{}] };
    const seen = await seenOf(pickBranch, answers, ['$(diff) Compare two side by side…', 'Pick draft/a']);
    assert.ok(
      seen.endsWith(`
→ run/changes {"run":"r1","worker":"draft/a","against":"draft/b"}
show draft/a ↔ draft/b
  /repo/src/a.ts: /draft/a ↔ draft/b/src/a.ts@1 ↔ /draft/a ↔ draft/b/src/a.ts@2
info: On the left draft/a, on the right draft/b.
  <Pick draft/a> <Pick draft/b> <Choose…>
→ run/pick {"run":"r1","phase":"draft","worker":"draft/a"}
info: r1 goes on with the work of draft/a. The other branches are kept.`),
      seen,
    );
  });

  it('says that nothing waits for a pick', async () => {
    const seen = await seenOf(pickBranch, {}, [], { run: 'r1', phase: 'other' });
    assert.equal(seen, '\ninfo: Nothing of r1 waits for a pick.');
  });
});

describe('niia.discard', () => {
  const found: Responses['run/discard'] = {
    worktrees: [{ dir: '/trees/a', holds: '2 uncommitted changes (x, y)' }, { dir: '/trees/b' }],
    branches: ['niia/r1/w/p/a', 'niia/r1/head'],
    commits: 3,
    kept: [{ what: '/trees/c', why: 'run "r2" works in it; stop that run first' }],
  };

  it('tells what would be lost, and leaves the branches unless they are meant', async () => {
    const done = { worktrees: found.worktrees, branches: [], commits: 0, kept: [] };
    assert.equal(
      await seenOf(discardWork, { 'run/discard': [found, done] }, ['Delete Worktrees']),
      `
→ run/discard {"run":"r1","branches":true,"dryRun":true}
[Discard what r1 left behind?]
  Worktrees
  • a: 2 uncommitted changes (x, y)
  • b

  Branches, with commits that are nowhere else: 3
  • niia/r1/w/p/a
  • niia/r1/head

  Kept: /trees/c, because run "r2" works in it; stop that run first.
  This cannot be undone. Answers and recordings stay.
  <Delete Worktrees> <Delete Worktrees and Branches>
→ run/discard {"run":"r1","branches":false,"dryRun":false}
info: Discarded what r1 left. Worktrees: 2. Branches: 0.`,
    );
  });

  it('removes nothing when the question is closed', async () => {
    const seen = await seenOf(discardWork, { 'run/discard': [found] }, [undefined]);
    assert.doesNotMatch(seen, /"dryRun":false/);
  });

  it('says that there is nothing, or why not', async () => {
    const nothing = { worktrees: [], branches: [], commits: 0, kept: [] };
    assert.match(
      await seenOf(discardWork, { 'run/discard': [nothing] }),
      /^info: r1 has left nothing behind\.$/m,
    );
    assert.match(
      await seenOf(discardWork, { 'run/discard': ['run-going-on'] }),
      /^warning: \(run-going-on\)$/m,
    );
  });
});

describe('niia.pullRequestBranch', () => {
  const made = { branch: 'fix', commit: '0123456789abcdef', root: '/repo', remotes: ['origin'], planted: [] };

  it('asks for a name until one fits, and pushes only when told to', async () => {
    assert.equal(
      await seenOf(pullRequestBranch, { 'run/branch': ['branch-exists', made] }, [
        'test',
        ' fix ',
        'Push to origin',
      ]),
      `
Branch for r1: test
→ run/branch {"run":"r1","name":"test"}
Branch for r1: test ((branch-exists))
→ run/branch {"run":"r1","name":"fix"}
info: Branch "fix" stands at 0123456789ab.
  <Push to origin>
$ git push -u origin fix (in /repo)`,
    );
  });

  it('offers no push where a worker planted settings that start programs, or the editor would read the name', async () => {
    const planted = await seenOf(
      pullRequestBranch,
      { 'run/branch': [{ ...made, planted: ['core.sshcommand'] }] },
      ['fix'],
    );
    assert.match(planted, /^warning: .*core\.sshcommand\. Look at them before you push\.$/m);
    const odd = { ...made, branch: '${env:HOME}', remotes: ['origin', '--all'] };
    assert.match(await seenOf(pullRequestBranch, { 'run/branch': [odd] }, ['x']), /^info: [^\n]*$/m);
  });
});

describe('niia.openWorktree', () => {
  async function opened(
    choices: readonly (string | undefined)[],
    given: Partial<ReviewWindow>,
    worker?: string,
  ) {
    const window = new ReviewWindow({}, choices, [picking]);
    Object.assign(window, given);
    await openWorktree(window, { run: 'r1', ...(worker !== undefined && { worker }) });
    return window;
  }

  it('asks how, with the last way first', async () => {
    const way = '$(root-folder) Add to This Workspace';
    const window = await opened([way], { remembered: 'reveal' }, 'draft/a');
    assert.equal(
      window.text(),
      `Open the worktree of draft/a
  $(folder-opened) Show in the File Manager
  $(empty-window) Open in a New Window
  $(root-folder) Add to This Workspace
  <$(folder-opened) Show in the File Manager> <$(empty-window) Open in a New Window> <$(root-folder) Add to This Workspace>
open addFolder`,
    );
    assert.equal(window.remembered, 'addFolder');
  });

  it('opens as the setting says', async () => {
    assert.equal((await opened([], { way: 'newWindow' }, 'draft/a')).text(), 'open newWindow');
  });

  it('says that a worktree is gone', async () => {
    const window = await opened(['Show Changes'], { way: 'reveal' }, 'draft/b');
    assert.match(
      window.text(),
      /^info: The worktree of draft\/b is gone[\s\S]*⇒ niia\.showChanges \{"run":"r1","worker":"draft\/b"\}$/,
    );
  });

  it('asks for the worker, of those that have one', async () => {
    const window = await opened([undefined], {});
    assert.match(window.text(), /<draft\/a> <draft\/b>$/);
  });
});

describe('commands that change something', () => {
  const commands: Readonly<Record<string, (host: ReviewHost, argument: unknown) => Promise<void>>> = {
    merge: mergeRun,
    pick: pickBranch,
    discard: discardWork,
    pullRequestBranch,
  };
  for (const [name, command] of Object.entries(commands)) {
    it(`niia.${name} is refused in a workspace that is not trusted`, async () => {
      const window = new ReviewWindow({}, [], [picking]);
      window.isTrustedNow = false;
      await command(window, { run: 'r1' });
      assert.equal(window.text(), 'warning: Runs can be changed only in a workspace that you trust.');
    });
  }
});
