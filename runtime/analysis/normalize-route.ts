/** Routes in normal form (spec §4): the choices in order, then the fallback. */
import type { RateLimitPolicy, Route, RouteChoice } from '../spec/workflow.ts';
import type { JsonNode } from './json-node.ts';
import { elements, member, pathOf, textOf, textsOf } from './json-node.ts';
import { oneOf, optional, textMap } from './optional.ts';

/** The normal form of a route: lists are flattened, an object's arguments and environment go to its choice. */
export function normalizeRoute(node: JsonNode): Route {
  const fallback = member(node, 'fallback');
  return {
    path: pathOf(node),
    choices: choicesOf(node),
    ...(fallback ? { fallback: normalizeRoute(fallback) } : {}),
    ...optional('onRateLimit', readRateLimit(member(node, 'on_rate_limit'))),
  };
}

/** Reads an `on_rate_limit`. */
export function readRateLimit(node: JsonNode | undefined): RateLimitPolicy | undefined {
  return oneOf(['failover', 'wait', 'fail'], textOf(node));
}

/** Of a list item with a fallback of its own, the fallback comes right after it: the order in which they are tried. */
function choicesOf(node: JsonNode): readonly RouteChoice[] {
  if (node.kind === 'array') {
    return elements(node).flatMap(item => {
      const fallback = member(item, 'fallback');
      return [...choicesOf(item), ...(fallback ? choicesOf(fallback) : [])];
    });
  }
  const command = member(node, 'command');
  return [
    {
      model: textOf(node) ?? textOf(member(node, 'model')) ?? '',
      path: pathOf(node),
      args: textsOf(member(node, 'args')),
      env: textMap(member(node, 'env')),
      ...(command ? { command: textsOf(command) } : {}),
    },
  ];
}
