/** The rules that depend on the machine: the language server checks them with what it knows of it, not the analysis. */
import type { Rule } from './rule.ts';

/** What rules page and settings need of a rule that is checked elsewhere. */
export type MachineRule = Pick<Rule, 'code' | 'severity' | 'doc' | 'fix'>;

/** In the order of the rules page. */
export const machineRules = {
  'missing-file': {
    code: 'missing-file',
    severity: 'error',
    doc: 'A path (`prompt_file`, `connector`, `agent.flow`, `output`) leads to no file. Paths start at the connector file.',
  },
  'not-installed': {
    code: 'not-installed',
    severity: 'hint',
    doc: 'The CLI of this model is not on `PATH` here. The file may be meant for another machine, or a fallback takes over.',
  },
  'unknown-mcp-server': {
    code: 'unknown-mcp-server',
    severity: 'warning',
    doc: 'Neither the workspace (`.mcp.json`, `.vscode/mcp.json`) nor the configuration of your CLIs defines an MCP server of this name.',
    fix: 'Writes the nearest name.',
  },
} as const satisfies Readonly<Record<string, MachineRule>>;
