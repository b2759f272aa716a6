/** Every text of a file in which placeholders are read (spec §5.2). */
import { effectiveModel, ownNode } from './inheritance.ts';
import type { JsonNode, ObjectNode, StringNode } from './json-node.ts';
import { elements, member, membersOf } from './json-node.ts';
import type { ModelNames } from './model-names.ts';
import { canReachShell } from './model-names.ts';
import type { MemberOutline, Outline, PhaseOutline } from './outline.ts';
import {
  type Placeholder,
  type PlaceholderNames,
  parseTemplate,
  placeholderNames,
  placeholdersOf,
} from './placeholders.ts';

/** One such text. */
export interface TemplateUse {
  readonly node: StringNode;
  /** Unknown names stay as they are in prompts and roles, and are errors at run time elsewhere. */
  readonly use: 'prompt' | 'role' | 'slug' | 'args' | 'env' | 'command';
  /** Absent outside of phases. */
  readonly phase?: PhaseOutline;
  /** A script of the shell adapter: `${…}` and unknown `{…}` are the shell's own. */
  readonly isShell: boolean;
}

/** A text with what it takes; `placeholdersIn` says where. */
export interface ReadTemplate extends TemplateUse, PlaceholderNames {}

/** The templates that hold a placeholder, read. */
export function readTemplates(outline: Outline, models: ModelNames): readonly ReadTemplate[] {
  return collectTemplates(outline, models).flatMap(template => {
    const { node, isShell } = template;
    const { names, references } = placeholderNames(node.value, { isShell });
    return names.length + references.length === 0 ? [] : [{ ...template, names, references }];
  });
}

/** The placeholders of a template, in order. */
export function placeholdersIn({ node, isShell }: TemplateUse): readonly Placeholder[] {
  return placeholdersOf(parseTemplate(node.value, { isShell }));
}

/** All templates, in no particular order. */
export function collectTemplates(outline: Outline, names: ModelNames): readonly TemplateUse[] {
  return [
    ...sessionTemplates(outline.root, undefined),
    ...[...names.aliases.values()].flatMap(routeTemplates),
    ...outline.phases.flatMap(phase => phaseTemplates(phase, names)),
  ];
}

function phaseTemplates(phase: PhaseOutline, names: ModelNames): readonly TemplateUse[] {
  const own = ownNode(phase);
  const isShell = phase.members.some(
    worker => !member(worker.node, 'prompt') && runsShell(phase, worker, names),
  );
  return [
    ...use('prompt', member(own, 'prompt'), phase, isShell),
    ...sessionTemplates(own, phase),
    ...phase.members.flatMap(worker => memberTemplates(phase, worker, names)),
    ...phase.steps.flatMap(step => texts('args', elements(member(step.node, 'args')), phase)),
  ];
}

function memberTemplates(
  phase: PhaseOutline,
  worker: MemberOutline,
  names: ModelNames,
): readonly TemplateUse[] {
  return [
    ...use('prompt', member(worker.node, 'prompt'), phase, runsShell(phase, worker, names)),
    ...use('role', member(worker.node, 'role'), phase),
    ...sessionTemplates(worker.node, phase),
  ];
}

function sessionTemplates(
  owner: ObjectNode | undefined,
  phase: PhaseOutline | undefined,
): readonly TemplateUse[] {
  const session = member(owner, 'session');
  return [
    ...use('slug', member(session, 'worktree'), phase),
    ...use('slug', member(session, 'resume'), phase),
    ...texts('args', elements(member(session, 'setup')), phase),
    ...texts('env', valuesOf(member(session, 'env')), phase),
  ];
}

function routeTemplates(route: JsonNode): readonly TemplateUse[] {
  if (route.kind === 'array') return route.entries.flatMap(routeTemplates);
  if (route.kind !== 'object') return [];
  const fallback = member(route, 'fallback');
  return [
    ...texts('args', elements(member(route, 'args'))),
    ...texts('env', valuesOf(member(route, 'env'))),
    ...texts('command', elements(member(route, 'command'))),
    ...(fallback ? routeTemplates(fallback) : []),
  ];
}

function runsShell(phase: PhaseOutline, worker: MemberOutline, names: ModelNames): boolean {
  const model = effectiveModel(phase, worker, names);
  return model !== undefined && canReachShell(model.text, names);
}

function valuesOf(map: JsonNode | undefined): readonly JsonNode[] {
  return membersOf(map).map(([, value]) => value);
}

function texts(
  kind: TemplateUse['use'],
  nodes: readonly JsonNode[],
  phase?: PhaseOutline,
): readonly TemplateUse[] {
  return nodes.flatMap(node => use(kind, node, phase));
}

function use(
  kind: TemplateUse['use'],
  node: JsonNode | undefined,
  phase?: PhaseOutline,
  isShell = false,
): readonly TemplateUse[] {
  return node?.kind === 'string' ? [{ node, use: kind, isShell, ...(phase ? { phase } : {}) }] : [];
}
