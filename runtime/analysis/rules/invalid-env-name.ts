import { atKey } from '../diagnostic.ts';
import type { JsonNode } from '../json-node.ts';
import { elements, member, membersOf } from '../json-node.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../wording.ts';

/** A name that no environment variable can have. */
export const invalidEnvName: Rule = {
  code: 'invalid-env-name',
  severity: 'error',
  doc: 'Names of environment variables are not empty and hold neither `=` nor a NUL character.',
  *check({ outline, names }) {
    const owners = [...outline.sessions, ...[...names.aliases.values()].flatMap(routeObjects)];
    for (const owner of owners) {
      for (const [name, node] of membersOf(member(owner, 'env'))) {
        if (name !== '' && !/[=\0]/.test(name)) continue;
        yield { ...atKey(node), message: `${quote(name)} cannot be the name of an environment variable.` };
      }
    }
  },
};

function routeObjects(route: JsonNode): readonly JsonNode[] {
  if (route.kind === 'array') return elements(route).flatMap(routeObjects);
  const fallback = member(route, 'fallback');
  return [route, ...(fallback ? routeObjects(fallback) : [])];
}
