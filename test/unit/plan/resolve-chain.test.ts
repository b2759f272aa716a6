import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declaredAgentSchema } from '../../../runtime/agents/declared.ts';
import { resolveChain } from '../../../runtime/plan/resolve-chain.ts';
import type { Route } from '../../../runtime/spec/workflow.ts';
import { choice, route } from './workflow-builder.ts';

/** The chain as text: `adapter/model<alias`, separated by spaces. */
function chain(model: string, models: Readonly<Record<string, Route>>): string {
  const { entries, unknown } = resolveChain(model, models, {
    mine: declaredAgentSchema.parse({ command: ['my-cli', '{prompt}'], env: { A: 'configured' } }),
    codex: declaredAgentSchema.parse({ command: ['codex-wrapper'] }),
  });
  const known = entries.map(entry => {
    const name = entry.model === undefined ? entry.adapter : `${entry.adapter}/${entry.model}`;
    return entry.alias === undefined ? name : `${name}<${entry.alias}`;
  });
  return [...known, ...unknown.map(text => `?${text}`)].join(' ');
}

test('a literal model stands for itself, a shorthand for claude with that model', () => {
  assert.equal(chain('claude', {}), 'claude');
  assert.equal(chain('opus', {}), 'claude/opus');
  assert.equal(chain('ollama/llama3', {}), 'ollama/llama3');
});

test('an alias and a literal model without a chain fall back to the alias "fallback"', () => {
  const models = { primary: route('claude'), fallback: route('gemini') };
  assert.equal(chain('primary', models), 'claude<primary gemini<fallback');
  assert.equal(chain('opus', models), 'claude/opus gemini<fallback');
});

test('the alias "fallback" applies where there is no alias "primary"', () => {
  assert.equal(chain('claude', { fallback: route('gemini') }), 'claude gemini<fallback');
});

test('a list and a fallback of its own are a chain, to which the file-wide fallback adds nothing', () => {
  const fallback = route('qwen');
  assert.equal(chain('a', { a: route('claude', 'gemini'), fallback }), 'claude<a gemini<a');
  assert.equal(
    chain('a', { a: { ...route('claude'), fallback: route('gemini') }, fallback }),
    'claude<a gemini<a',
  );
});

test('the fallback does not fall back to itself', () => {
  assert.equal(chain('fallback', { fallback: route('gemini') }), 'gemini<fallback');
});

test('aliases inside a route are followed, with the alias that names the model', () => {
  const models = { a: route('b', 'opus'), b: { ...route('haiku'), fallback: route('shell') } };
  assert.equal(chain('a', models), 'claude/haiku<b shell<b claude/opus<a');
});

test('an alias of an alias without a chain still falls back', () => {
  const models = { a: route('b'), b: route('claude'), fallback: route('shell') };
  assert.equal(chain('a', models), 'claude<b shell<fallback');
});

test('a cycle of aliases ends, and an alias may have the name of the model it stands for', () => {
  assert.equal(chain('a', { a: route('b'), b: route('a', 'claude') }), 'claude<b');
  assert.equal(chain('claude', { claude: route('claude', 'shell') }), 'claude<claude shell<claude');
});

test('a way to a model stands in a chain once', () => {
  assert.equal(chain('a', { a: route('claude', 'claude', 'opus', 'claude/opus') }), 'claude<a claude/opus<a');
});

test('what is neither an alias nor a known CLI is reported, not dropped', () => {
  assert.equal(chain('a', { a: route('claude', 'clod') }), 'claude<a ?clod');
});

test('arguments and environment of the outer route are added to those of the inner one, and win', () => {
  const models = {
    a: route(choice('b', { args: ['--outer'], env: { X: 'outer', Y: 'outer' } })),
    b: route(choice('claude', { args: ['--inner'], env: { X: 'inner', Z: 'inner' } })),
  };
  const [entry] = resolveChain('a', models, {}).entries;
  assert.deepEqual(entry?.args, ['--inner', '--outer']);
  assert.deepEqual(entry?.env, { X: 'outer', Y: 'outer', Z: 'inner' });
});

test('what to do on a rate limit is inherited by the models of a route, the outer one wins', () => {
  const models: Record<string, Route> = {
    a: { ...route('b', 'shell'), onRateLimit: 'wait' },
    b: { ...route('claude'), onRateLimit: 'fail' },
  };
  const policies = resolveChain('a', models, {}).entries.map(entry => entry.onRateLimit);
  assert.deepEqual(policies, ['wait', 'wait']);
});

test('a CLI of the configuration goes by its own name, and may take the place of a built-in one', () => {
  const agent = declaredAgentSchema.parse({
    command: ['codex-wrapper', '{model}'],
    env: { A: 'configured' },
  });
  const configured = { codex: agent };
  const [entry] = resolveChain('codex/fast', {}, configured).entries;
  assert.equal(entry?.adapter, 'codex');
  assert.equal(entry?.model, 'fast');
  assert.equal(entry?.declared, agent);
  assert.deepEqual(entry?.env, { A: 'configured' });
});

test('names that every object has are no aliases', () => {
  assert.equal(chain('constructor', {}), '?constructor');
  assert.equal(chain('toString', { primary: route('claude') }), '?toString');
});
