/** Offers `niia mcp` to the editor's agents as an MCP server. The API came with VS Code 1.101: it is looked for at run time. */
import * as vscode from 'vscode';
import { version } from '../../runtime/version.ts';
import type { Parts } from '../parts.ts';

/** The parts of the API that are used (VS Code 1.101, `vscode.lm` and `vscode`). */
interface McpApi {
  readonly lm: {
    registerMcpServerDefinitionProvider(id: string, provider: McpProvider): vscode.Disposable;
  };
  readonly McpStdioServerDefinition: new (
    label: string,
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    version: string,
  ) => { cwd?: vscode.Uri };
}

interface McpProvider {
  readonly onDidChangeMcpServerDefinitions: vscode.Event<void>;
  provideMcpServerDefinitions(): readonly unknown[];
}

/** Registers the server where the editor can take it; it is offered once the workspace is trusted. */
export function registerMcpServer({ cli }: Parts): vscode.Disposable {
  const api = mcpApi();
  if (api === undefined) return new vscode.Disposable(() => {});
  return api.lm.registerMcpServerDefinitionProvider('niia', {
    onDidChangeMcpServerDefinitions: vscode.workspace.onDidGrantWorkspaceTrust,
    provideMcpServerDefinitions: () => {
      if (!vscode.workspace.isTrusted) return [];
      const { command, args, env } = cli.program();
      const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const server = new api.McpStdioServerDefinition(
        'niia',
        command,
        [...args, 'mcp'],
        Object.fromEntries(set),
        version,
      );
      const folder = vscode.workspace.workspaceFolders?.find(each => each.uri.scheme === 'file');
      if (folder !== undefined) server.cwd = folder.uri;
      return [server];
    },
  });
}

function mcpApi(): McpApi | undefined {
  // The types of the oldest supported VS Code do not know it; whether it is there is looked at next.
  const api = vscode as unknown as Partial<McpApi>;
  const isThere =
    hasFinalApi(vscode.version) &&
    typeof api.lm?.registerMcpServerDefinitionProvider === 'function' &&
    typeof api.McpStdioServerDefinition === 'function';
  return isThere ? (api as McpApi) : undefined;
}

/** VS Code 1.100 has the functions as a proposal, and throws when they are called. */
function hasFinalApi(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 1 || minor >= 101;
}
