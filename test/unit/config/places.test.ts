import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPlaces } from '../../../runtime/config/places.ts';

test('NIIA_HOME moves every place', () => {
  assert.deepEqual(findPlaces({ NIIA_HOME: '/tmp/n', XDG_STATE_HOME: '/x' }, 'linux', '/home/ada'), {
    stateDir: '/tmp/n/state',
    runtimeDir: '/tmp/n/run',
    configFile: '/tmp/n/config.json',
    runsDir: '/tmp/n/state/runs',
  });
});

test('on Linux the XDG variables decide, and have their defaults', () => {
  const xdg = { XDG_STATE_HOME: '/s', XDG_RUNTIME_DIR: '/r', XDG_CONFIG_HOME: '/c' };
  const { stateDir, runtimeDir, configFile } = findPlaces(xdg, 'linux', '/home/ada');
  assert.deepEqual([stateDir, runtimeDir, configFile], ['/s/niia', '/r/niia', '/c/niia/config.json']);
  const plain = findPlaces({}, 'linux', '/home/ada');
  assert.equal(plain.stateDir, '/home/ada/.local/state/niia');
  assert.equal(plain.configFile, '/home/ada/.config/niia/config.json');
  assert.match(plain.runtimeDir, /niia-\w+$/);
});

test('a relative XDG variable is ignored', () => {
  const { stateDir } = findPlaces({ XDG_STATE_HOME: 'state', NIIA_HOME: 'here' }, 'linux', '/home/ada');
  assert.equal(stateDir, '/home/ada/.local/state/niia');
});

test('on macOS the state is in Application Support', () => {
  const { stateDir } = findPlaces({}, 'darwin', '/Users/ada');
  assert.equal(stateDir, '/Users/ada/Library/Application Support/niia');
});

test('on Windows the state is in the local application data', () => {
  const { stateDir } = findPlaces({ LOCALAPPDATA: 'C:\\Users\\ada\\Local' }, 'win32', 'C:\\Users\\ada');
  assert.equal(stateDir, join('C:\\Users\\ada\\Local', 'niia'));
});
