/** The extension that tells what pi does: pi loads it by a flag, and nothing of the user's knows of it. */

/** pi's tools that change nothing. */
export const PI_READ_TOOLS = ['read', 'grep', 'find', 'ls'] as const;

/** The flag with which a person is asked before any other tool is used. */
export const PI_ASKS_FLAG = '--niia-asks';

/**
 * Its text, for pi 0.73 and later. It appends one JSON line per event to `eventsFile`. pi catches what goes wrong in a
 * handler; that the file cannot be written is no reason to show that to anybody.
 */
export function piExtension(eventsFile: string): string {
  return `import { appendFileSync } from 'node:fs';

const readTools = ${JSON.stringify(PI_READ_TOOLS)};
const otherTools = ['edit', 'write', 'bash', 'powershell'];

function tell(event) {
  try {
    appendFileSync(${JSON.stringify(eventsFile)}, JSON.stringify(event) + '\\n');
  } catch {}
}

function textOf(content) {
  return content.map(part => (part.type === 'text' ? part.text : '')).join('');
}

export default function (pi) {
  let last = {};
  let attempt = 0;
  let isAsking = false;

  // The person who started the run trusts the folder.
  pi.on('project_trust', () => ({ trusted: 'yes' }));
  pi.registerFlag('${PI_ASKS_FLAG.slice(2)}', { type: 'boolean', description: 'ask before edits and commands' });

  pi.on('session_start', ({ reason }, ctx) => {
    // pi was started without tools, so that without this extension none could be used unasked.
    if (asks()) pi.setActiveTools([...pi.getActiveTools(), ...readTools, ...otherTools]);
    tell({ type: 'session_start', reason, id: ctx.sessionManager.getSessionId() });
  });
  pi.on('before_agent_start', () => {
    last = {};
    tell({ type: 'submitted' });
  });
  pi.on('agent_start', () => {
    attempt = last.stopReason === 'error' ? attempt + 1 : 0;
    tell({ type: 'agent_start', attempt, after: last.errorMessage });
  });
  pi.on('message_end', ({ message }, ctx) => {
    if (message.role !== 'assistant') return;
    const { errorMessage, model, usage, timestamp } = message;
    // 0.87 calls it an error when the person breaks a tool off.
    const stopReason = ctx.signal?.aborted ? 'aborted' : message.stopReason;
    last = { stopReason, errorMessage, text: textOf(message.content) };
    tell({ type: 'message', stopReason, errorMessage, model, usage, timestamp });
  });
  pi.on('tool_execution_start', ({ toolName }) => tell({ type: 'tool_start', tool: toolName }));
  pi.on('tool_execution_end', ({ toolName }) => tell({ type: 'tool_end', tool: toolName }));

  const settled = () => tell({ type: 'settled', ...last });
  pi.on('agent_settled', settled);
  // Before 0.80.4 nothing tells whether pi tries again after an error: it does so within 8 s, by its own settings.
  let settling;
  if (!('registerEntryRenderer' in pi)) {
    pi.on('agent_start', () => clearTimeout(settling));
    pi.on('agent_end', () => {
      settling = setTimeout(settled, last.stopReason === 'error' ? 10_000 : 0);
    });
  }

  pi.on('session_before_compact', () => tell({ type: 'compacting' }));
  const compacted = ({ reason }) => tell({ type: 'compacted', reason });
  pi.on('session_compact', compacted);
  pi.on('session_compact_failed', compacted);

  // Other extensions may ask, too; older ones of pi do not tell.
  pi.on('ui_prompt_start', ({ title }) => {
    if (!isAsking) tell({ type: 'asking', title });
  });
  pi.on('ui_prompt_end', () => {
    if (!isAsking) tell({ type: 'asked' });
  });

  const asks = () => pi.getFlag('${PI_ASKS_FLAG.slice(2)}') === true;
  pi.on('tool_call', async ({ toolName, input }, ctx) => {
    if (!asks() || readTools.includes(toolName)) return undefined;
    const what = String(input.command ?? input.path ?? JSON.stringify(input)).slice(0, 500);
    isAsking = true;
    tell({ type: 'asking', tool: toolName, what });
    const isAllowed = await ctx.ui.confirm('Allow ' + toolName + '?', what);
    isAsking = false;
    tell({ type: 'asked' });
    if (isAllowed) return undefined;
    ctx.abort();
    return { block: true, reason: 'The user did not allow it.' };
  });
}
`;
}
