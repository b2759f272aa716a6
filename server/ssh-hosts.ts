/** Hosts of an ssh configuration: text → names that `ssh` takes. */

/** Names after `Host`, without patterns: those stand for no machine in particular. */
export function findHosts(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).flatMap(line => /^\s*Host(?:\s*=\s*|\s+)(.+)$/i.exec(line)?.[1] ?? []);
  const names = lines.flatMap(line =>
    line
      .replace(/\s#.*$/, '')
      .trim()
      .split(/\s+/),
  );
  const plain = names
    .map(name => name.replace(/^"(.*)"$/, '$1'))
    .filter(name => name !== '' && !/["*?!]/.test(name));
  return [...new Set(plain)];
}

/** Paths after `Include`, as written. */
export function findIncludes(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).flatMap(line => /^\s*Include(?:\s*=\s*|\s+)(.+)$/i.exec(line)?.[1] ?? []);
  return lines.flatMap(line => line.trim().split(/\s+/));
}
