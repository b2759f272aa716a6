/** Connector files of the sizes that language servers are measured on. */

/** A connector file and how often it is measured. */
export interface BenchFile {
  readonly name: string;
  readonly text: string;
  /** Rounds of requests that re-read the file; others are cheap and get more. */
  readonly rounds: number;
}

const aliases = ['primary', 'fast', 'deep', 'reviewer'];

/** Small, medium, large, and one with many phases in some thousand lines. */
export const benchFiles: readonly BenchFile[] = [
  { name: '2 KB', text: connectorFile(6, 60), rounds: 250 },
  { name: '200 KB', text: connectorFile(100, 1750), rounds: 200 },
  { name: '2 MB', text: connectorFile(500, 3900), rounds: 60 },
  { name: '500 phases', text: connectorFile(500, 120), rounds: 120 },
];

/** A pipeline of so many phases, each with a prompt of about so many characters. */
function connectorFile(phases: number, promptLength: number): string {
  const sentence = 'Read {task} and what {answers.phase-1} says, then write down what you found. ';
  const prompt = sentence.repeat(Math.ceil(promptLength / sentence.length));
  const list = Array.from({ length: phases }, (_, index) => ({
    name: `phase-${index + 1}`,
    model: aliases[index % aliases.length],
    ...(index === 0 ? {} : { needs: [`phase-${index}`] }),
    prompt: index === 0 ? 'Begin with {task}.' : prompt,
    ...(index % 5 === 0 ? { workers: [{ name: 'a' }, { name: 'b', model: 'deep' }] } : {}),
    ...(index % 7 === 0 ? { session: { worktree: '{name}-{phase}-{worker}', timeout_ms: 60_000 } } : {}),
  }));
  const models = { primary: 'claude', fast: ['haiku', 'codex'], deep: 'opus', reviewer: 'gemini' };
  const file = { connector: '2.1', name: 'bench', task: 'Measure', models, pipeline: { phases: list } };
  return `${JSON.stringify(file, null, 2)}\n`;
}
