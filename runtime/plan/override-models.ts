import { err, ok, type Result } from '../result.ts';
import type { Phase, Route, Worker, Workflow } from '../spec/workflow.ts';
import type { PlanFailure } from './facts.ts';
import { type ConfiguredAgents, resolveChain } from './resolve-chain.ts';

/**
 * The file's aliases with those of `--model alias=route` put in their place. The left side is an alias of the file or a
 * model string that stands in it; the right side one alias or model string, or several separated by commas, tried in order.
 */
export function overrideModels(
  workflow: Workflow,
  overrides: Readonly<Record<string, string>>,
  configured: ConfiguredAgents,
): Result<Readonly<Record<string, Route>>, PlanFailure> {
  const known = knownNames(workflow);
  const models: Record<string, Route> = { ...workflow.models };
  for (const [alias, text] of Object.entries(overrides)) {
    if (!known.includes(alias)) return err({ reason: 'no-such-alias', asked: alias, known });
    const route = parseRoute(text, alias);
    for (const choice of route.choices) {
      const models = choice.model === alias ? {} : workflow.models;
      const unknown = resolveChain(choice.model, models, configured).unknown.length > 0;
      if (unknown) return err({ reason: 'no-such-model', asked: choice.model, alias });
    }
    models[alias] = route;
  }
  return ok(models);
}

function parseRoute(text: string, alias: string): Route {
  const path = ['models', alias];
  const choices = text.split(',').map(model => ({ model: model.trim(), path, args: [], env: {} }));
  return { path, choices };
}

function knownNames(workflow: Workflow): readonly string[] {
  const used = workersOf(workflow).flatMap(worker => worker.model?.text ?? []);
  const routed = Object.values(workflow.models).flatMap(modelsOfRoute);
  return [...new Set([...Object.keys(workflow.models), ...used, ...routed])];
}

function modelsOfRoute(route: Route): readonly string[] {
  const own = route.choices.filter(choice => choice.command === undefined).map(choice => choice.model);
  return route.fallback === undefined ? own : [...own, ...modelsOfRoute(route.fallback)];
}

/** Every worker of a workflow, the interactive session's included. */
export function workersOf(workflow: Workflow): readonly Worker[] {
  const inPhases = workflow.phases.flatMap((phase: Phase) => phase.workers);
  return workflow.interactive === undefined ? inPhases : [...inPhases, workflow.interactive];
}
