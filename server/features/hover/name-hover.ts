/** Hover over the small names: machines, steps, MCP servers, placeholders. */
import { elements, member, textOf } from '../../../runtime/analysis/json-node.ts';
import type { Occurrence } from '../../../runtime/analysis/occurrences.ts';
import type { FeatureContext } from '../../feature.ts';
import type { Snapshot } from '../../snapshot.ts';
import { baseNameOf } from '../../uris.ts';
import { code, commandBlock } from './markdown.ts';

const builtInText: Readonly<Record<string, string>> = {
  name: 'the name of the workflow',
  phase: 'the name of the phase',
  worker: 'the name of the worker, else its number',
  run: 'the id of the run',
};

/** Markdown about a name; undefined where nothing is known that the file does not say itself. */
export function nameHover(
  { entity }: Occurrence,
  snapshot: Snapshot,
  context: FeatureContext,
): string | undefined {
  const { name } = entity;
  switch (entity.kind) {
    case 'machine':
      return machineHover(name, snapshot, context);
    case 'step':
      return stepHover(name, entity.phase, snapshot);
    case 'mcp-server':
      return serverHover(name, snapshot, context);
    case 'variable':
      return `${code(`{${name}}`)} comes from ${code(`--var ${name}=…`)}.`;
    case 'built-in':
      return builtInHover(name, snapshot);
    default:
      return undefined;
  }
}

function builtInHover(name: string, snapshot: Snapshot): string {
  if (name !== 'task') return `${code(`{${name}}`)}: ${builtInText[name] ?? 'a built-in placeholder'}`;
  const task = textOf(member(snapshot.analysis.outline.root, 'task'));
  return `${code('{task}')}: ${task ? code(task) : 'the task of the run, given by `--task`'}`;
}

function machineHover(name: string, snapshot: Snapshot, { facts }: FeatureContext): string | undefined {
  const machine = member(member(snapshot.analysis.outline.root, 'machines'), name);
  const title = `**machine ${code(name)}**`;
  const ssh = textOf(member(machine, 'ssh'));
  if (ssh !== undefined) return `${title} · reached by ${code(`ssh ${ssh}`)}`;
  const launcher = [
    ...(member(machine, 'srun') ? ['srun'] : []),
    ...argvOf(member(machine, 'srun')),
    ...argvOf(member(machine, 'command')),
  ];
  if (launcher.length > 0) return `${title}\n\n${commandBlock(launcher, false)}`;
  if (facts.user()?.machines.includes(name)) return `${title} · of your configuration`;
  return facts.sshHosts()?.includes(name) ? `${title} · host of your ssh configuration` : undefined;
}

function stepHover(name: string, phase: number | undefined, snapshot: Snapshot): string | undefined {
  const owner = snapshot.analysis.outline.phases.find(({ index }) => index === phase);
  const step = owner?.steps.find(candidate => candidate.name === name);
  if (step === undefined) return undefined;
  const argv = [textOf(member(step.node, 'binary')) ?? '', ...argvOf(member(step.node, 'args'))];
  const intent = textOf(member(step.node, 'intent')) === 'write' ? ' · asks before it runs' : '';
  return `**step ${code(name)}**${intent}\n\n${commandBlock(argv, false)}`;
}

function serverHover(name: string, snapshot: Snapshot, { facts }: FeatureContext): string | undefined {
  const own = member(member(member(snapshot.analysis.outline.root, 'tools'), 'mcp'), name);
  const title = `**MCP server ${code(name)}**`;
  if (own) {
    const url = textOf(member(own, 'url'));
    if (url !== undefined) return `${title} · ${code(url)}`;
    return `${title}\n\n${commandBlock([textOf(member(own, 'command')) ?? '', ...argvOf(member(own, 'args'))], false)}`;
  }
  const place = facts.mcpServers(snapshot.uri)?.find(server => server.name === name);
  const file = place
    ? baseNameOf(place.uri)
    : facts.userMcpServers()?.find(server => server.name === name)?.file;
  return file && `${title} · of ${code(file)}`;
}

function argvOf(node: Parameters<typeof elements>[0]): readonly string[] {
  return elements(node).flatMap(item => textOf(item) ?? []);
}
