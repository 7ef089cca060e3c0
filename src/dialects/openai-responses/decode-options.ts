import type { JsonObject } from '../../contract/json';
import type { ChatRequest, Effort, ResponseFormat, Thinking, Tool } from '../../contract/request';
import { Fields } from '../fields';
import type { Natives } from '../natives';

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const satisfies readonly Effort[];
const MODES = ['none', 'auto', 'required'] as const;
const FORMATS = ['text', 'json_object', 'json_schema'] as const;

const FUNCTION_FIELDS = new Set(['type', 'name', 'description', 'parameters', 'strict']);
const TEXT_FIELDS = new Set(['format', 'verbosity']);
const FORMAT_FIELDS = new Set(['type', 'name', 'description', 'schema', 'strict']);
const REASONING_FIELDS = new Set(['effort', 'summary', 'generate_summary', 'context']);
const STREAM_FIELDS = new Set(['include_obfuscation']);

const NO_PARAMETERS: JsonObject = { type: 'object', properties: {} };

export function decodeTools(fields: Fields, natives: Natives): Tool[] {
  const tools: Tool[] = [];
  for (const tool of fields.objects('tools') ?? []) {
    if (tool.required('type', tool.string('type')) === 'function') tools.push(decodeFunction(tool, natives));
    else natives.extras.push(tool.path);
  }
  return tools;
}

function decodeFunction(tool: Fields, natives: Natives): Tool {
  natives.extras.push(...tool.others(FUNCTION_FIELDS));
  const description = tool.string('description');
  const strict = tool.boolean('strict');
  return {
    name: tool.required('name', tool.string('name') || undefined),
    schema: tool.json('parameters') ?? NO_PARAMETERS,
    ...(description !== undefined && { description }),
    ...(strict !== undefined && { strict }),
  };
}

export function decodeToolChoice(fields: Fields, natives: Natives): Pick<ChatRequest, 'toolChoice'> {
  const choice = fields.raw('tool_choice');
  if (choice === undefined) return {};
  if (typeof choice === 'string')
    return { toolChoice: { type: fields.required('tool_choice', fields.oneOf('tool_choice', MODES)) } };
  const chosen = Fields.of(choice, 'tool_choice');
  if (chosen.required('type', chosen.string('type')) === 'function')
    return { toolChoice: { type: 'tool', name: chosen.required('name', chosen.string('name') || undefined) } };
  natives.extras.push('tool_choice');
  return {};
}

/** `text`: the format of the answer, and how wordy it is. */
export function decodeText(fields: Fields, natives: Natives): Pick<ChatRequest, 'responseFormat'> {
  const text = fields.child('text');
  if (!text) return {};
  natives.extras.push(...text.others(TEXT_FIELDS));
  if (text.string('verbosity') !== undefined) natives.hints.push(text.at('verbosity'));
  const format = text.child('format');
  return format ? { responseFormat: decodeFormat(format, natives) } : {};
}

function decodeFormat(format: Fields, natives: Natives): ResponseFormat {
  natives.extras.push(...format.others(FORMAT_FIELDS));
  const type = format.required('type', format.oneOf('type', FORMATS));
  if (type !== 'json_schema') return { type };
  const description = format.string('description');
  const strict = format.boolean('strict');
  return {
    type,
    name: format.required('name', format.string('name') || undefined),
    schema: format.required('schema', format.json('schema')),
    ...(description !== undefined && { description }),
    ...(strict !== undefined && { strict }),
  };
}

export function decodeReasoning(fields: Fields, natives: Natives): Pick<ChatRequest, 'thinking'> {
  const reasoning = fields.child('reasoning');
  if (!reasoning) return {};
  natives.extras.push(...reasoning.others(REASONING_FIELDS));
  for (const key of ['summary', 'generate_summary', 'context'])
    if (reasoning.string(key) !== undefined) natives.hints.push(reasoning.at(key));
  const effort = reasoning.oneOf('effort', EFFORTS);
  const thinking: Thinking | undefined = effort && { mode: effort === 'none' ? 'off' : 'on', effort };
  return thinking ? { thinking } : {};
}

/** `include` and `top_logprobs`: what the answer should carry besides its text. */
export function decodeInclude(fields: Fields, natives: Natives): Pick<ChatRequest, 'logprobs' | 'topLogprobs'> {
  const include = fields.strings('include') ?? [];
  include.forEach((name, i) => {
    if (name !== 'reasoning.encrypted_content' && name !== 'message.output_text.logprobs')
      natives.extras.push(`include[${i}]`);
  });
  const topLogprobs = fields.number('top_logprobs', { min: 0, max: 20, integer: true });
  return {
    ...(include.includes('message.output_text.logprobs') && { logprobs: true }),
    ...(topLogprobs !== undefined && { topLogprobs }),
  };
}

export function decodeStream(fields: Fields, natives: Natives): boolean {
  natives.extras.push(...(fields.child('stream_options')?.others(STREAM_FIELDS) ?? []));
  return fields.boolean('stream') ?? false;
}
