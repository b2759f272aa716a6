/** Hover over an alias or model: the chain behind it, the CLIs found here, the command lines of the plan. */
import type { AgentAdapter } from '../../../runtime/agents/adapter.ts';
import { adapterFor } from '../../../runtime/agents/registry.ts';
import { labelOf, planRoute } from '../../../runtime/plan/plan-routes.ts';
import type { ChainEntry } from '../../../runtime/plan/resolve-chain.ts';
import type { Permission } from '../../../runtime/spec/workflow.ts';
import type { WorkspaceFacts } from '../../facts.ts';
import { chainOf, chainText, programNamesOf, programOf } from '../../model-facts.ts';
import type { Snapshot } from '../../snapshot.ts';
import { code, commandBlock } from './markdown.ts';

/** Who asks: a model means different command lines for different workers. */
export interface ModelUse {
  readonly permission: Permission;
  readonly transport: 'terminal' | 'headless';
}

/** Longer chains are cut; nobody fails over that often. */
const maxEntries = 6;

/** Markdown about a model text; `isAlias` says whether it is a name of the file. */
export function modelHover(
  model: string,
  isAlias: boolean,
  use: ModelUse,
  snapshot: Snapshot,
  facts: WorkspaceFacts,
): string {
  const chain = chainOf(snapshot, model, facts);
  const what = isAlias ? 'alias' : 'model';
  const title = `**${code(model)}** · ${what}${isAlias ? ` → ${chainText(chain)}` : ''}`;
  const parts = chain.entries.slice(0, maxEntries).map((entry, index) => entryText(entry, index, use, facts));
  const unknown = chain.unknown.map(name => `${code(name)} is neither an alias nor a known model.`);
  return [title, ...parts, ...unknown].join('\n\n');
}

function entryText(entry: ChainEntry, index: number, use: ModelUse, facts: WorkspaceFacts): string {
  const adapter = adapterFor(entry.adapter);
  const when = index === 0 ? '' : 'then, if that is unavailable: ';
  const remarks = [placeText(entry, adapter, facts), costText(adapter)].filter(remark => remark !== '');
  const head = `${index + 1}. ${when}${[labelOf(entry), ...remarks].join(' · ')}`;
  if (adapter === undefined) return `${head} · this version does not drive it yet`;
  const [name] = programNamesOf(entry);
  // By its name, as people know it; where it lies stands above.
  const programs = name === undefined ? {} : { [name]: { path: name } };
  const { preview, readsStdin } = planRoute(entry, {
    ...use,
    adapter,
    hasPrompt: true,
    facts: { platform: facts.platform, programs },
  });
  return `${head}\n\n${commandBlock(preview, readsStdin ?? false)}`;
}

function placeText(entry: ChainEntry, adapter: AgentAdapter | undefined, facts: WorkspaceFacts): string {
  const program = programOf(entry, facts);
  if (program === undefined || program === 'none-needed') return '';
  if (program.kind === 'not-found') return `${code(program.name)} is not installed here`;
  const versionArgs = entry.command === undefined ? (adapter?.versionArgs ?? []) : [];
  const version = versionArgs.length > 0 ? facts.programVersion(program.name, versionArgs) : undefined;
  const known = version === undefined || version === 'unknown' ? '' : `${version}, `;
  return `${known}${code(program.path)}`;
}

/** No CLI tells its price beforehand; what it reports afterwards is what limits go by (spec §8). */
function costText(adapter: AgentAdapter | undefined): string {
  if (adapter?.reports === 'cost') return 'reports its cost';
  return adapter?.reports === 'tokens' ? 'reports tokens, no cost' : '';
}
