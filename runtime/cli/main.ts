#!/usr/bin/env node
/** `niia`: finds the verb it is asked for, loads that and nothing else, and turns its result into an exit code. */
import nodeModule from 'node:module';
import { version } from '../version.ts';
import { parseArguments } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';
import { type CliFailure, misused, renderFailure } from './failure.ts';
import { renderProgramHelp, renderVerbHelp } from './help.ts';
import { nearest } from './suggestion.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import type { Verb } from './verb.ts';
import { type VerbEntry, verbTable } from './verb-table.ts';

/** What other programs call it. */
const otherNames = new Map([
  ['status', 'show'],
  ['runs', 'ps'],
  ['list', 'ps'],
  ['ls', 'ps'],
  ['events', 'logs'],
  ['cost', 'show'],
  ['kill', 'stop'],
  ['start', 'run'],
  ['check', 'validate'],
]);

const [word = '--help', ...rest] = process.argv.slice(2);
process.exitCode = await dispatch(word, rest);

async function dispatch(word: string, argv: readonly string[]): Promise<number> {
  const terminal = processTerminal(process.env);
  if (word === '--version' || word === '-V') return print(`${version}\n`, terminal);
  if (word === '--help' || word === '-h' || word === 'help') return await help(argv[0], terminal);
  const entry = verbTable.find(each => each.name === word);
  if (entry === undefined) return report(unknownVerb(word), terminal);
  return await runVerb(await load(entry), argv, terminal);
}

async function load(entry: VerbEntry): Promise<Verb> {
  // Compiled code is kept between calls. Not a named import: Node 20 does not have it.
  nodeModule.enableCompileCache?.();
  return (await entry.load()).verb;
}

async function runVerb(verb: Verb, argv: readonly string[], terminal: Terminal): Promise<number> {
  if (wantsHelp(argv)) return print(renderVerbHelp(verb.spec, terminal.stdout.style), terminal);
  const args = await parseArguments(verb.spec, argv);
  if (!args.ok) return report(args.failure, terminal);
  const result = await verb.run({ args: args.value, terminal, env: process.env, cwd: process.cwd() });
  return result.ok ? result.value : report(result.failure, terminal);
}

function wantsHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).some(arg => arg === '--help' || arg === '-h');
}

async function help(name: string | undefined, terminal: Terminal): Promise<number> {
  const { style } = terminal.stdout;
  if (name === undefined) return print(renderProgramHelp(style), terminal);
  const entry = verbTable.find(each => each.name === name);
  if (entry === undefined) return report(unknownVerb(name), terminal);
  return print(renderVerbHelp((await load(entry)).spec, style), terminal);
}

function unknownVerb(word: string): CliFailure {
  const names = verbTable.map(verb => verb.name);
  const meant = otherNames.get(word) ?? nearest(word, names);
  const advice = meant === undefined ? [] : [`did you mean niia ${meant}?`];
  return misused(`there is no verb "${word}"`, ...advice, 'see: niia --help');
}

function print(text: string, terminal: Terminal): number {
  terminal.stdout.write(text);
  return exitCodes.succeeded;
}

function report(failure: CliFailure, terminal: Terminal): number {
  terminal.stderr.write(renderFailure(failure, terminal.stderr.style));
  return failure.exitCode;
}
