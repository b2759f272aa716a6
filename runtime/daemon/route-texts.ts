/** A route's arguments and environment with everything filled in, right before its process starts (spec §4, §5.2). */
import { expandTemplate, parseTemplate } from '../analysis/placeholders.ts';
import type { PlannedRoute } from '../plan/plan.ts';
import { lookUp, type PromptValues } from '../runner/prompt.ts';
import type { Environment } from './env-file.ts';

/** A route ready to start. */
export interface ExpandedRoute {
  readonly args: readonly string[];
  readonly command?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Values that came from the user's environment: to be redacted. */
  readonly secrets: readonly string[];
}

/** Fills in placeholders and `${env:NAME}`. A variable that is not set gives an empty text: the planner refuses it before. */
export function expandRoute(route: PlannedRoute, values: PromptValues, env: Environment): ExpandedRoute {
  const secrets: string[] = [];
  const expand = (text: string): string => expandText(text, values);
  const resolve = (text: string): string =>
    expand(text).replaceAll(/\$\{env:([^}]+)\}/g, (_, name: string) => {
      const value = env[name] ?? '';
      secrets.push(value);
      return value;
    });
  return {
    args: route.args.map(resolve),
    ...(route.command === undefined ? {} : { command: route.command.map(expand) }),
    env: Object.fromEntries(Object.entries(route.env).map(([name, text]) => [name, resolve(text)])),
    secrets,
  };
}

/** Fills in the placeholders of one text; unknown ones, `{prompt}` among them, stay. */
export function expandText(text: string, values: PromptValues): string {
  return expandTemplate(parseTemplate(text), placeholder => lookUp(placeholder, values));
}
