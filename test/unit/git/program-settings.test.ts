import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  belongsInGuard,
  formatSettings,
  isProgramSetting,
  parseSettings,
} from '../../../runtime/git/program-settings.ts';

test('settings are read from git’s list, with and without a value', () => {
  assert.deepEqual(parseSettings('core.bare\nfalse\0a.b c.d\nx\ny\0flag.on\0'), [
    { name: 'core.bare', value: 'false' },
    { name: 'a.b c.d', value: 'x\ny' },
    { name: 'flag.on', value: undefined },
  ]);
});

test('settings are written with everything quoted that git would read otherwise', () => {
  const text = formatSettings([
    { name: 'filter.od"d.na\\me.clean', value: 'a "b" \\ # ;\tc\nd' },
    { name: 'core.flag', value: undefined },
  ]);
  assert.equal(text, '[filter "od\\"d.na\\\\me"]\n\tclean = "a \\"b\\" \\\\ # ;\\tc\\nd"\n[core]\n\tflag\n');
});

const PROGRAMS = [
  'filter.lfs.clean',
  'filter.a.b.process',
  'merge.x.driver',
  'diff.x.textconv',
  'core.fsmonitor',
  'core.hookspath',
  'gpg.ssh.program',
  'hook.x.command',
];
const OTHERS = ['user.name', 'filter.lfs.other', 'core.autocrlf', 'remote.origin.url', 'diff.algorithm'];

test('settings that start programs are known, others are not', () => {
  assert.deepEqual(
    PROGRAMS.filter(name => !isProgramSetting(name)),
    [],
  );
  assert.deepEqual(OTHERS.filter(isProgramSetting), []);
});

test('the guard keeps filters and leaves out hooks, drivers and what describes the place', () => {
  const names = [
    'filter.lfs.clean',
    'core.hookspath',
    'merge.x.driver',
    'diff.x.command',
    'core.worktree',
    'include.path',
    'extensions.worktreeconfig',
    'extensions.objectformat',
    'user.name',
  ];
  assert.deepEqual(names.filter(belongsInGuard), [
    'filter.lfs.clean',
    'extensions.objectformat',
    'user.name',
  ]);
});
