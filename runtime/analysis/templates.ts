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
  /** Undefined outside of phases. */
  readonly phase: PhaseOutline | undefined;
  /** A script of the shell adapter: `${…}` and unknown `{…}` are the shell's own. */
  readonly isShell: boolean;
}

/** A text with what it takes; `placeholdersIn` says where. */
export interface ReadTemplate extends TemplateUse, PlaceholderNames {}

/** The templates that hold a placeholder, read. */
export function readTemplates(outline: Outline, models: ModelNames): readonly ReadTemplate[] {
  const found: ReadTemplate[] = [];
  for (const { node, use, phase, isShell } of collectTemplates(outline.root, outline.phases, models)) {
    const { names, references } = placeholderNames(node.value, { isShell });
    if (names.length + references.length > 0) found.push({ node, use, phase, isShell, names, references });
  }
  return found;
}

/** The placeholders of a template, in order. */
export function placeholdersIn({ node, isShell }: TemplateUse): readonly Placeholder[] {
  return placeholdersOf(parseTemplate(node.value, { isShell }));
}

/** The templates of the top level, of all aliases and of some phases; in no particular order. */
export function collectTemplates(
  root: ObjectNode | undefined,
  phases: readonly PhaseOutline[],
  names: ModelNames,
): readonly TemplateUse[] {
  const collector = new Collector(names);
  collector.session(root, undefined);
  for (const route of names.aliases.values()) collector.route(route);
  for (const phase of phases) collector.phase(phase);
  return collector.found;
}

class Collector {
  readonly found: TemplateUse[] = [];
  readonly #names: ModelNames;

  constructor(names: ModelNames) {
    this.#names = names;
  }

  phase(phase: PhaseOutline): void {
    const own = ownNode(phase);
    const isShell = phase.members.some(
      worker => !worker.node?.member('prompt') && runsShell(phase, worker, this.#names),
    );
    this.#text('prompt', member(own, 'prompt'), phase, isShell);
    this.session(own, phase);
    for (const worker of phase.members) this.#member(phase, worker);
    for (const step of phase.steps) this.#list('args', step.node.member('args'), phase);
  }

  session(owner: ObjectNode | undefined, phase: PhaseOutline | undefined): void {
    const session = member(owner, 'session');
    if (session === undefined) return;
    this.#text('slug', member(session, 'worktree'), phase);
    this.#text('slug', member(session, 'resume'), phase);
    this.#list('args', member(session, 'setup'), phase);
    this.#values('env', member(session, 'env'), phase);
  }

  route(route: JsonNode | undefined): void {
    for (const each of elements(route)) this.route(each);
    if (route?.kind !== 'object') return;
    this.#list('args', route.member('args'));
    this.#values('env', route.member('env'));
    this.#list('command', route.member('command'));
    this.route(route.member('fallback'));
  }

  #member(phase: PhaseOutline, worker: MemberOutline): void {
    const { node } = worker;
    if (node === undefined) return;
    const prompt = node.member('prompt');
    if (prompt) this.#text('prompt', prompt, phase, runsShell(phase, worker, this.#names));
    this.#text('role', node.member('role'), phase);
    this.session(node, phase);
  }

  #list(use: TemplateUse['use'], list: JsonNode | undefined, phase?: PhaseOutline): void {
    for (const node of elements(list)) this.#text(use, node, phase);
  }

  #values(use: TemplateUse['use'], map: JsonNode | undefined, phase?: PhaseOutline): void {
    for (const [, node] of membersOf(map)) this.#text(use, node, phase);
  }

  #text(use: TemplateUse['use'], node: JsonNode | undefined, phase?: PhaseOutline, isShell = false): void {
    if (node?.kind === 'string') this.found.push({ node, use, phase, isShell });
  }
}

function runsShell(phase: PhaseOutline, worker: MemberOutline, names: ModelNames): boolean {
  const model = effectiveModel(phase, worker, names);
  return model !== undefined && canReachShell(model.text, names);
}
