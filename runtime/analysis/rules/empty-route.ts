import { atOwner } from '../diagnostic.ts';
import type { JsonNode } from '../json-node.ts';
import { elements, member } from '../json-node.ts';
import type { Rule } from '../rule.ts';

/** A route object that leads nowhere. */
export const emptyRoute: Rule = {
  code: 'empty-route',
  severity: 'error',
  doc: 'A route object needs a `model` or a `command`.',
  *check({ names }) {
    for (const route of names.aliases.values()) {
      for (const node of routeObjects(route)) {
        if (member(node, 'model') || member(node, 'command')) continue;
        yield { ...atOwner(node), message: 'This route needs "model" or "command".' };
      }
    }
  },
};

function* routeObjects(route: JsonNode): Iterable<JsonNode> {
  if (route.kind === 'object') {
    yield route;
    const fallback = member(route, 'fallback');
    if (fallback) yield* routeObjects(fallback);
  }
  for (const item of elements(route)) yield* routeObjects(item);
}
