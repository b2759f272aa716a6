/**
 * Fills the placeholders of one argument or variable: `{model}`, `{prompt_file}`. In one pass, so that a value which itself
 * contains `{model}` stays as it is; so does a placeholder without a value.
 */
export function fillIn(text: string, values: Readonly<Record<string, string | undefined>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}
