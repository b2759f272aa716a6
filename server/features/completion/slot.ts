/** What is asked for at a place of the file: the kind of name, or of text, that can stand there. */
import type { TemplateUse } from '../../../runtime/analysis/templates.ts';
import type { JsonPath } from '../../../runtime/spec/workflow.ts';
import type { Place } from '../../place.ts';

/** A kind of place. */
export type Slot =
  /** A model of a phase or worker: alias or literal. */
  | { readonly kind: 'model' }
  /** A model in the route of an alias. */
  | { readonly kind: 'route'; readonly alias: string }
  | { readonly kind: 'needs' }
  | { readonly kind: 'moderator' }
  | { readonly kind: 'machine' }
  | { readonly kind: 'mcp' }
  | { readonly kind: 'next' }
  | { readonly kind: 'match' }
  | { readonly kind: 'permission' }
  | { readonly kind: 'file'; readonly wanted: WantedFile }
  | { readonly kind: 'template'; readonly use: TemplateUse['use'] };

/** Which files make sense. */
export type WantedFile = 'any' | 'connector' | 'markdown' | 'json';

/** The slot of a value at a path; `place` is what is around it. */
export function slotAt(path: JsonPath, place: Place): Slot | undefined {
  if (path[0] === 'models') return routeSlot(path);
  if (path[0] === 'tools' && path[1] === 'mcp') return path.length <= 3 ? { kind: 'mcp' } : undefined;
  if (path[0] === 'agent' && path[1] === 'flow') return { kind: 'file', wanted: 'markdown' };
  const [key, ...deeper] = place.rest;
  if (key === 'session') return sessionSlot(deeper);
  return place.phase ? phaseSlot(key, deeper, place) : undefined;
}

function phaseSlot(
  key: string | number | undefined,
  deeper: JsonPath,
  { phase, member }: Place,
): Slot | undefined {
  const isItem = deeper.length <= 1;
  const isOwn = member !== undefined || !phase?.isTopLevel;
  switch (key) {
    case 'model':
      return isOwn ? { kind: 'model' } : undefined;
    case 'prompt':
      return isOwn ? { kind: 'template', use: 'prompt' } : undefined;
    case 'role':
      return { kind: 'template', use: 'role' };
    case 'prompt_file':
      return { kind: 'file', wanted: 'any' };
    case 'connector':
      return isOwn ? { kind: 'file', wanted: 'connector' } : undefined;
    case 'machine':
      return isItem ? { kind: 'machine' } : undefined;
    case 'needs':
      return isItem ? { kind: 'needs' } : undefined;
    case 'moderator':
      return { kind: 'moderator' };
    case 'output':
      return deeper.length === 0 ? { kind: 'file', wanted: 'json' } : undefined;
    case 'steps':
      return stepSlot(deeper.slice(1));
    default:
      return undefined;
  }
}

/** Inside of a step. */
function stepSlot([key, rule, field]: JsonPath): Slot | undefined {
  if (key === 'args') return { kind: 'template', use: 'args' };
  if (key !== 'output' || rule === undefined) return undefined;
  if (field === 'next') return { kind: 'next' };
  return field === 'match' ? { kind: 'match' } : undefined;
}

function sessionSlot([key]: JsonPath): Slot | undefined {
  switch (key) {
    case 'permission':
      return { kind: 'permission' };
    case 'worktree':
    case 'resume':
      return { kind: 'template', use: 'slug' };
    case 'setup':
      return { kind: 'template', use: 'args' };
    case 'env':
      return { kind: 'template', use: 'env' };
    default:
      return undefined;
  }
}

/** A route is a model, a list of routes, or an object with `model` and `fallback`, at any depth. */
function routeSlot([, alias, ...inside]: JsonPath): Slot | undefined {
  if (typeof alias !== 'string') return undefined;
  for (const key of inside) {
    if (key === 'args' || key === 'env' || key === 'command') return { kind: 'template', use: key };
    if (typeof key === 'string' && key !== 'model' && key !== 'fallback') return undefined;
  }
  return { kind: 'route', alias };
}
