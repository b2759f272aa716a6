/** Gemini CLI and its fork Qwen Code: one way to start them, told apart by a few words each. */
import type { AgentAdapter, TurnCommand, TurnMcpServer, TurnRequest } from './adapter.ts';
import { mcpServersOf } from './mcp-settings.ts';

/** What one of them has of its own. */
export interface FamilyMember
  extends Pick<
    AgentAdapter,
    'name' | 'testedVersion' | 'permissions' | 'needs' | 'errorsFile' | 'createReader'
  > {
  /** Before all other arguments. */
  readonly firstArgs: readonly string[];
  /** Of a headless turn alone. */
  readonly headlessArgs?: readonly string[];
  /** Takes a folder outside of the working directory. */
  readonly folderFlag: string;
  /** Variable with the path of a settings file in the layer below the user's own (the system's defaults, which few machines have). */
  readonly settingsVariable: string;
  readonly settings: object;
  /** Takes a file with MCP servers; absent = they stand in the settings. */
  readonly mcpFlag?: string;
}

/** The adapter: headless turns print stream-json, the prompt on stdin. Tools that it may not use are not offered to the model. */
export function familyAdapter(member: FamilyMember): AgentAdapter {
  const { name, testedVersion, permissions, needs, errorsFile, createReader } = member;
  return {
    name,
    programs: [name],
    versionArgs: ['--version'],
    ...(testedVersion === undefined ? {} : { testedVersion }),
    models: [],
    permissions,
    reports: 'tokens',
    hasPreamble: true,
    isShellPrompt: false,
    canResume: true,
    mcp: 'native',
    ...(needs === undefined ? {} : { needs }),
    ...(errorsFile === undefined ? {} : { errorsFile }),
    createReader,
    headlessCommand(request) {
      const { args, ...rest } = shared(member, request);
      const { headlessArgs = [] } = member;
      const format = ['--output-format', 'stream-json', ...headlessArgs];
      const argv = [request.program, ...format, ...args, ...request.args];
      return { argv, ...rest, kind: 'pipe', stdin: 'prompt' };
    },
    terminalCommand(request) {
      const { args, ...rest } = shared(member, request);
      const prompt = request.prompt === '' ? [] : ['--prompt-interactive', request.prompt];
      return { argv: [request.program, ...args, ...request.args, ...prompt], ...rest, kind: 'pty' };
    },
  };
}

type Shared = Pick<TurnCommand, 'env' | 'files'> & { readonly args: readonly string[] };

function shared(member: FamilyMember, request: TurnRequest): Shared {
  const { permission, model, conversation, folders = [], filesDir, mcpServers } = request;
  const settingsFile = `${filesDir}/${member.name}-settings.json`;
  const mcpFile = `${filesDir}/${member.name}-mcp.json`;
  const servers = mcpServers === undefined ? {} : { mcpServers: trusted(mcpServers, permission) };
  const hasOwnFile = mcpServers !== undefined && member.mcpFlag !== undefined;
  const settings = hasOwnFile ? member.settings : { ...member.settings, ...servers };
  return {
    args: [
      ...member.firstArgs,
      ...member.permissions[permission].args,
      ...(model === undefined ? [] : ['--model', model]),
      ...(conversation === undefined
        ? []
        : [conversation.isNew ? '--session-id' : '--resume', conversation.id]),
      ...folders.flatMap(({ path }) => [member.folderFlag, path]),
      ...(hasOwnFile ? [member.mcpFlag, mcpFile] : []),
    ],
    env: { [member.settingsVariable]: settingsFile },
    files: {
      [settingsFile]: JSON.stringify(settings),
      ...(hasOwnFile ? { [mcpFile]: JSON.stringify(servers) } : {}),
    },
  };
}

/** Their tools are called without asking, but under `ask`. */
function trusted(
  servers: Readonly<Record<string, TurnMcpServer>>,
  permission: TurnRequest['permission'],
): Readonly<Record<string, unknown>> {
  return mcpServersOf(servers, { remote: 'httpUrl', extra: permission === 'ask' ? {} : { trust: true } });
}
