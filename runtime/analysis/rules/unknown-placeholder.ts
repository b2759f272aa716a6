import type { Finding } from '../diagnostic.ts';
import { closestName, didYouMean } from '../did-you-mean.ts';
import { pathOf } from '../json-node.ts';
import { builtInPlaceholders } from '../placeholders.ts';
import type { Rule } from '../rule.ts';
import { rangesInString } from '../string-range.ts';
import { placeholdersIn, type ReadTemplate } from '../templates.ts';

/** Placeholders that only an inline `command` has (spec §4). */
const commandPlaceholders = [...builtInPlaceholders, 'prompt', 'model', 'prompt_file'];

/** A placeholder that is neither built in nor known to be a variable. */
export const unknownPlaceholder: Rule = {
  code: 'unknown-placeholder',
  severity: 'warning',
  doc: 'Only `{task}`, `{name}`, `{phase}`, `{worker}`, `{run}` and `{answers.…}` have a value by themselves. Others may come from `--var name=value`; without it they stay as they are in prompts, and are an error at run time in slugs and arguments. `{{` writes a literal brace. Scripts of the `shell` adapter keep unknown braces.',
  fix: 'Writes the nearest built-in name, or a literal brace.',
  *check({ document, templates }) {
    for (const template of templates) if (!template.isShell) yield* unknownIn(template, document.text);
  },
};

function* unknownIn(template: ReadTemplate, text: string): Iterable<Finding> {
  const { node, names } = template;
  const known = template.use === 'command' ? commandPlaceholders : builtInPlaceholders;
  if (names.every(name => known.includes(name))) return;
  const inSource = rangesInString(text, node);
  for (const part of placeholdersIn(template)) {
    if (part.kind !== 'name' || known.includes(part.name)) continue;
    const guess = closestName(part.name, known);
    const range = inSource(part.range);
    const brace = { start: range.start, end: range.start };
    yield {
      range,
      path: pathOf(node),
      message: `{${part.name}} has no value unless the run is started with --var ${part.name}=…${didYouMean(guess)}`,
      fixes: [
        ...(guess ? [{ title: `Write {${guess}}`, edits: [{ range, newText: `{${guess}}` }] }] : []),
        { title: 'Write a literal brace {{', edits: [{ range: brace, newText: '{' }] },
      ],
    };
  }
}
