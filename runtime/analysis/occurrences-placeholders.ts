/** Names inside of texts: `{answers.phase.worker}`, variables, built-in placeholders (spec §5.2). */
import type { Range } from './json-node.ts';
import type { Entity, IndexPart, Occurrence } from './occurrences.ts';
import type { Outline, PhaseOutline } from './outline.ts';
import { builtInPlaceholders, type Placeholder, splitAnswers } from './placeholders.ts';
import { rangesInString } from './string-range.ts';
import { collectTemplates, placeholdersIn, type TemplateUse } from './templates.ts';

/** Placeholders that only an inline `command` has (spec §4). */
const commandPlaceholders: readonly string[] = ['prompt', 'model', 'prompt_file'];

/** What texts hold. */
export interface PlaceholderOccurrences {
  readonly occurrences: readonly Occurrence[];
  /** Whole placeholders with their braces, in file order. */
  readonly placeholders: readonly Range[];
}

/** The names in all texts with placeholders. */
export function placeholderOccurrences({
  document,
  outline,
  names,
  part,
}: IndexPart): PlaceholderOccurrences {
  const occurrences: Occurrence[] = [];
  const placeholders: Range[] = [];
  const targetsOf = answerTargets(outline);
  for (const template of collectTemplates(outline.root, part.phases, names)) {
    const { node } = template;
    if (!node.value.includes('{')) continue;
    const inSource = rangesInString(document.text, node);
    const nameOf = nameEntities(template);
    for (const part of placeholdersIn(template)) {
      const pieces = piecesOf(part, targetsOf, nameOf);
      if (pieces.length === 0) continue;
      placeholders.push(inSource(part.range));
      for (const { entity, range } of pieces) {
        occurrences.push({ entity, role: 'use', range: inSource(range), node, form: 'piece' });
      }
    }
  }
  placeholders.sort((a, b) => a.start - b.start);
  return { occurrences, placeholders };
}

interface Piece {
  readonly entity: Entity;
  /** In the value of the text. */
  readonly range: Range;
}

/** What an `answers` reference names; asked once per text, as long prompts repeat them. */
type AnswerTargets = (reference: string) => readonly Entity[];

function answerTargets(outline: Outline): AnswerTargets {
  const names = new Set(outline.phases.map(phase => phase.name));
  const phases = new Map<string, PhaseOutline>();
  for (const phase of outline.phases) if (!phases.has(phase.name)) phases.set(phase.name, phase);
  const known = new Map<string, readonly Entity[]>();
  return reference => {
    const found = known.get(reference) ?? entitiesOf(reference);
    known.set(reference, found);
    return found;
  };

  function entitiesOf(reference: string): readonly Entity[] {
    const target = splitAnswers(reference, names);
    const phase = target && phases.get(target.phase);
    if (!phase) return [];
    const entity: Entity = { kind: 'phase', name: phase.name };
    if (target.worker === undefined) return [entity];
    return [entity, { kind: 'member', name: target.worker, phase: phase.index }];
  }
}

function piecesOf(part: Placeholder, targetsOf: AnswerTargets, nameOf: NameEntities): readonly Piece[] {
  if (part.kind === 'answers') {
    let start = part.range.start + '{answers.'.length;
    return targetsOf(part.reference).map(entity => {
      const range = { start, end: start + entity.name.length };
      start = range.end + 1;
      return { entity, range };
    });
  }
  const entity = nameOf(part.name);
  const range = { start: part.range.start + 1, end: part.range.end - 1 };
  return entity ? [{ entity, range }] : [];
}

/** What a name between braces names; one object for all places of a text. Undefined if it is no placeholder there. */
type NameEntities = (name: string) => Entity | undefined;

function nameEntities({ use, phase, isShell }: TemplateUse): NameEntities {
  const known = new Map<string, Entity | undefined>();
  return name => {
    if (!known.has(name)) known.set(name, entityOf(name));
    return known.get(name);
  };

  function entityOf(name: string): Entity | undefined {
    const isBuiltIn =
      builtInPlaceholders.includes(name) || (use === 'command' && commandPlaceholders.includes(name));
    if (isBuiltIn) return builtInEntity(name, phase);
    // Unknown braces in a script are the shell's own (spec §4).
    return isShell ? undefined : { kind: 'variable', name };
  }
}

/** `{phase}` and `{worker}` mean something else in every phase. */
function builtInEntity(name: string, phase: PhaseOutline | undefined): Entity {
  const isLocal = phase !== undefined && (name === 'phase' || name === 'worker');
  return { kind: 'built-in', name, ...(isLocal ? { phase: phase.index } : {}) };
}
