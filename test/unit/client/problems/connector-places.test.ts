import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readPlaces } from '../../../../client/problems/connector-places.ts';

/** The text of the place, as the range says it. */
function placeOf(text: string, phase: string, worker?: string): string | undefined {
  const range = readPlaces(text).find(phase, worker);
  if (range === undefined) return undefined;
  const lines = text.split(/\r\n|\n/);
  const { start, end } = range;
  assert.equal(start.line, end.line, 'on one line');
  return `${start.line + 1}: ${lines[start.line]?.slice(start.character, end.character)}`;
}

const pipeline = `{
  // comments are read
  "pipeline": { "phases": [
    { "name": "build", "workers": [
      { "name": "linux", "model": "shell" },
      { "model": "opus" }
    ] },
    { "workers": 12, "model": "haiku" },
    { "name": "talk", "type": "dialogue", "participants": [{ "id": "pro" }, { "id": "con" }] },
    { "prompt": "x" },
  ] }
}`;

describe('places in a connector file', () => {
  const cases: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['build', undefined, '4: "build"'],
    ['build', 'linux', '5: "linux"'],
    ['build', '2', '6: "opus"'],
    ['build', 'gone', '4: "build"'],
    ['phase-2', undefined, '8: "workers"'],
    ['phase-2', '7', '8: "workers"'],
    ['talk', 'con', '9: "con"'],
    ['phase-4', '1', '10: "prompt": "x"'],
    ['renamed', undefined, undefined],
  ];
  for (const [phase, worker, expected] of cases) {
    it(`${phase}${worker === undefined ? '' : `, worker ${worker}`}: ${expected}`, () => {
      assert.equal(placeOf(pipeline, phase, worker), expected);
    });
  }

  it('lists the phases by name, or number where they have none', () => {
    assert.deepEqual(readPlaces(pipeline).phases, ['build', 'phase-2', 'talk', 'phase-4']);
  });

  it('takes a file that is a meeting for one phase', () => {
    const text = '{\r\n  "name": "m",\r\n  "type": "meeting",\r\n  "participants": [{ "id": "a" }]\r\n}';
    assert.equal(placeOf(text, 'phase-1'), '3: "meeting"');
    assert.equal(placeOf(text, 'phase-1', 'a'), '4: "a"');
  });

  it('takes a file without topology for one session', () => {
    assert.equal(
      placeOf('{\n"connector": "2.0",\n"models": { "primary": "claude" } }', 'session', '1'),
      '3: "models"',
    );
  });

  it('finds what is there in a text that somebody is just writing', () => {
    const text =
      '{ "pipeline": { "phases": [\n{ "name": "a", "workers": [ { "name": }\n] },\n{ "name": "b" }';
    assert.equal(placeOf(text, 'a'), '2: "a"');
    assert.equal(placeOf(text, 'b'), '4: "b"');
  });

  it('finds nothing in what is no connector file', () => {
    for (const text of ['', '[]', '{ "pipeline": 3 }', 'null']) assert.deepEqual(readPlaces(text).phases, []);
  });
});
