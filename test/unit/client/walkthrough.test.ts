import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../../', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), 'utf8');

test('every step of the walkthrough has its picture in the package and a command that exists', () => {
  const { contributes, files } = JSON.parse(read('package.json'));
  const texts = JSON.parse(read('package.nls.json'));
  const commands = new Set(contributes.commands.map((each: { command: string }) => each.command));
  const [{ steps }] = contributes.walkthroughs;
  assert.equal(steps.length, 4);
  for (const { id, description, media } of steps) {
    const file = media.svg ?? media.markdown;
    assert.ok(files.includes(file.split('/')[0]), `${file} is not packaged`);
    assert.ok(existsSync(new URL(file, root)), file);
    const called = [...texts[description.slice(1, -1)].matchAll(/\(command:([\w.]+)\)/g)].map(
      match => match[1],
    );
    assert.equal(called.length, 1, id);
    assert.ok(commands.has(called[0]), `${id} calls ${called[0]}`);
  }
});
