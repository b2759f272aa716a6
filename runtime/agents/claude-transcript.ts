import type { ClaudeLine, ContentPart } from './claude-lines.ts';
import { printable } from './terminal-text.ts';
import { renderCall, renderSaid, renderToolResult } from './transcript.ts';

/**
 * A line of the stream as a person reads it in the worker's terminal; empty for lines that tell a reader nothing.
 * Everything that comes from the model or its tools is stripped of terminal control sequences.
 */
export function renderClaudeLine(line: ClaudeLine): string {
  switch (line.type) {
    case 'system':
      return renderSystem(line);
    case 'assistant':
      return indented(line, partsOf(line).map(renderSpoken).join(''));
    case 'user':
      return indented(line, partsOf(line).map(renderResultOfTool).join(''));
    case 'result':
      return renderResult(line);
    default:
      return '';
  }
}

function partsOf(line: ClaudeLine): readonly ContentPart[] {
  return line.message?.content ?? [];
}

function renderSystem(line: ClaudeLine): string {
  switch (line.subtype) {
    case 'init': {
      const words = ['claude', line.claude_code_version, '·', line.model, '·', line.permissionMode];
      return `${printable(words.filter(word => word !== undefined).join(' '))}\n\n`;
    }
    case 'api_retry': {
      const status = typeof line.error_status === 'number' ? ` (${line.error_status})` : '';
      const count = `${line.attempt ?? '?'} of ${line.max_retries ?? '?'}`;
      const wait = line.retry_delay_ms === undefined ? '' : ` in ${seconds(line.retry_delay_ms)}`;
      return `… retry ${count}${wait}: ${(line.error ?? 'error').replaceAll('_', ' ')}${status}\n`;
    }
    default:
      return '';
  }
}

/** What claude says, and which tools it calls. */
function renderSpoken(part: ContentPart): string {
  if (part.type === 'text') return renderSaid(part.text ?? '');
  return part.type === 'tool_use' ? renderCall(part.name ?? 'tool', part.input) : '';
}

function renderResultOfTool(part: ContentPart): string {
  return part.type === 'tool_result'
    ? renderToolResult(resultText(part.content), part.is_error === true)
    : '';
}

function resultText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) =>
      typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string'
        ? part.text
        : '',
    )
    .join('\n');
}

function renderResult(line: ClaudeLine): string {
  const words = [
    ...(line.duration_ms === undefined ? [] : [seconds(line.duration_ms)]),
    ...(line.num_turns === undefined ? [] : [line.num_turns === 1 ? '1 step' : `${line.num_turns} steps`]),
  ];
  if (line.is_error !== true) return `✓ ${words.join(' · ')}\n`;
  // The words of an API error came as a message before.
  return `✗ failed after ${words.join(' · ')}\n`;
}

/** What a sub-agent does stands a step to the right. */
function indented(line: ClaudeLine, text: string): string {
  if (typeof line.parent_tool_use_id !== 'string' || text === '') return text;
  return text.replace(/^(?=.)/gm, '  │ ');
}

function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
