import { adapterOf } from '../agents/registry.ts';
import { ok, type Result } from '../result.ts';
import type { Phase, Workflow } from '../spec/workflow.ts';
import type { FactsWanted, PlanFailure, PlanOptions, SchemaSource, WantedProgram } from './facts.ts';
import { phasesOf } from './interactive-phase.ts';
import { overrideModels, workersOf } from './override-models.ts';
import { slugOf } from './plan-places.ts';
import { programsOf } from './plan-routes.ts';
import { type ChainEntry, type ConfiguredAgents, resolveChain } from './resolve-chain.ts';

/** Says which facts about the machine `makePlan` will want for this file, so that no others are looked up. */
export function wantedFacts(
  workflow: Workflow,
  options: PlanOptions,
  configured: ConfiguredAgents,
): Result<FactsWanted, PlanFailure> {
  const models = overrideModels(workflow, options.models, configured);
  if (!models.ok) return models;
  const workers = workersOf(workflow);
  const texts = new Set(workers.flatMap(worker => worker.model?.text ?? []));
  const entries = [...texts].flatMap(text => resolveChain(text, models.value, configured).entries);
  const schemas = workflow.phases.flatMap(schemaOf);
  const files = [
    ...workers.flatMap(worker => worker.promptFile ?? []),
    ...schemas.flatMap(({ output }) => ('schemaFile' in output ? output.schemaFile : [])),
    ...(workflow.agentFlow === undefined ? [] : [workflow.agentFlow]),
  ];
  return ok({
    programs: wantedPrograms(entries),
    files: distinct(files),
    connectors: distinct(workers.flatMap(worker => worker.connector ?? [])),
    schemas,
    sessions: distinct(resumedSlugs(workflow, options)),
    mcpServers: mcpServerNames(workflow),
  });
}

/** The MCP servers that a file gives to its workers, by name: those it defines, and those it takes from elsewhere. */
export function mcpServerNames({ tools }: Workflow): readonly string[] {
  return distinct([...tools.mcpNames.map(({ name }) => name), ...Object.keys(tools.mcpServers)]);
}

function wantedPrograms(entries: readonly ChainEntry[]): readonly WantedProgram[] {
  const programs = new Map<string, WantedProgram>();
  for (const entry of entries) {
    const adapter = adapterOf(entry);
    const versionArgs = entry.command === undefined ? (adapter?.versionArgs ?? []) : [];
    for (const name of programsOf(entry, adapter)) {
      if (!programs.has(name) || versionArgs.length > 0) programs.set(name, { name, versionArgs });
    }
  }
  return [...programs.values()];
}

function schemaOf({
  name,
  output,
}: Phase): readonly { readonly phase: string; readonly output: SchemaSource }[] {
  return output === undefined ? [] : [{ phase: name, output }];
}

function resumedSlugs(workflow: Workflow, options: PlanOptions): readonly string[] {
  const task = options.task ?? workflow.task;
  return phasesOf(workflow).flatMap(phase =>
    phase.workers
      .filter(worker => worker.session.resume !== undefined)
      .map(worker => {
        const own = { name: workflow.name, phase: phase.name, worker: worker.id };
        return slugOf({
          worker,
          values: { ...options.vars, ...(task === undefined ? {} : { task }), ...own },
        });
      }),
  );
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
