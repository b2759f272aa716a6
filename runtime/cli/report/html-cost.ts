/** What a run spent, by alias of the connector file. */
import { formatKnownCost } from '../../amounts.ts';
import type { RunView, UsageView } from '../../engine/projections.ts';
import type { Markup } from '../../graph/markup.ts';
import { escapeHtml } from './html-text.ts';

/** The table, with a sum where there is more than one row; nothing where no model reported anything. */
export function costTable(view: RunView): Markup {
  const below = view.below === undefined ? [] : [['runs below', view.below.usage] as const];
  const rows = [...Object.entries(view.usageByAlias), ...below];
  if (rows.length === 0) return '';
  const sum = rows.length > 1 ? `<tfoot>${row('all', view.usage)}</tfoot>` : '';
  return `<div class="wide"><table>
<thead><tr><th scope="col">alias</th><th scope="col">input tokens</th><th scope="col">from cache</th><th scope="col">output tokens</th><th scope="col">cost</th></tr></thead>
<tbody>${rows.map(([alias, usage]) => row(alias, usage)).join('\n')}</tbody>${sum}
</table></div>${legend(view.usage)}`;
}

function row(name: string, usage: UsageView): Markup {
  const cells = [usage.inputTokens, usage.cacheReadTokens, usage.outputTokens].map(count);
  // Never a made-up 0: what nobody reported is unknown.
  const cost = formatKnownCost(usage) || 'unknown';
  return `<tr><th scope="row">${escapeHtml(name)}</th>${[...cells, cost].map(cell => `<td>${cell}</td>`).join('')}</tr>`;
}

function count(tokens: number | undefined): string {
  return tokens?.toLocaleString('en-US') ?? '';
}

/** What the signs before a sum mean, where there are any. */
function legend({ isEstimate, unpriced = 0 }: UsageView): Markup {
  const parts = [
    ...(isEstimate ? ['~ by public list prices'] : []),
    ...(unpriced > 0 ? ['≥ at least: some of it has no known price'] : []),
  ];
  return parts.length === 0 ? '' : `<p class="dim">${parts.join(' · ')}</p>`;
}
