/**
 * The real Claude Code against a fake model API, through adapter, runner and PTY host. Where the system can, everything
 * runs in a network namespace with nothing but loopback; keys are dummies and the home is private in any case.
 */
import { test } from 'node:test';
import { playScenarios } from './run-scenarios.ts';

test('claude behaves as its adapter expects', { timeout: 300_000 }, t =>
  playScenarios(t, 'claude-scenarios.ts', ['claude']),
);
