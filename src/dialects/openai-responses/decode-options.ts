import type { JsonObject } from '../../contract/json';
import type { ChatRequest, Effort, ResponseFormat, Thinking, Tool } from '../../contract/request';
import { fieldName, Fields } from '../fields';
import { type Natives, noteExtras } from '../natives';
import { qualifiedName } from './namespace';

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const satisfies readonly Effort[];
const MODES = ['none', 'auto', 'required'] as const;
const FORMATS = ['text', 'json_object', 'json_schema'] as const;

const FUNCTION_FIELDS = new Set(['type', 'name', 'description', 'parameters', 'strict']);
const NAMESPACE_FIELDS = new Set(['type', 'name', 'description', 'tools']);
const TEXT_FIELDS = new Set(['format', 'verbosity']);
const FORMAT_FIELDS = new Set(['type', 'name', 'description', 'schema', 'strict']);
const REASONING_FIELDS = new Set(['effort', 'summary', 'generate_summary', 'context']);
const STREAM_FIELDS = new Set(['include_obfuscation']);

const NO_PARAMETERS: JsonObject = { type: 'object', properties: {} };

export function decodeTools(fields: Fields, natives: Natives): Tool[] {
  const tools: Tool[] = [];
  for (const tool of fields.objects('tools') ?? []) {
    const type = tool.required('type', tool.string('type'));
    if (type === 'function') tools.push(decodeFunction(tool, natives));
    else if (type === 'namespace') tools.push(...decodeNamespace(tool, natives));
    // clients add such tools on their own: the path alone would not tell their users what to switch off
    else natives.extras.push(`${tool.path} (${fieldName(type)})`);
  }
  return tools;
}

/** Functions that share a purpose. */
function decodeNamespace(group: Fields, natives: Natives): Tool[] {
  noteExtras(group, NAMESPACE_FIELDS, natives);
  const namespace = group.required('name', group.string('name') || undefined);
  if (group.string('description') !== undefined) natives.hints.push(group.at('description'));
  const members = group.required('tools', group.objects('tools'));
  return members.flatMap((member): Tool[] => {
    if (member.required('type', member.string('type')) === 'function')
      return [decodeFunction(member, natives, namespace)];
    natives.extras.push(member.path);
    return [];
  });
}

function decodeFunction(tool: Fields, natives: Natives, namespace?: string): Tool {
  noteExtras(tool, FUNCTION_FIELDS, natives);
  const description = tool.string('description');
  const strict = tool.boolean('strict');
  return {
    name: qualifiedName({ name: tool.required('name', tool.string('name') || undefined), namespace }),
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
  noteExtras(text, TEXT_FIELDS, natives);
  if (text.string('verbosity') !== undefined) natives.hints.push(text.at('verbosity'));
  const format = text.child('format');
  return format ? { responseFormat: decodeFormat(format, natives) } : {};
}

function decodeFormat(format: Fields, natives: Natives): ResponseFormat {
  noteExtras(format, FORMAT_FIELDS, natives);
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
  noteExtras(reasoning, REASONING_FIELDS, natives);
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
  const options = fields.child('stream_options');
  if (options) noteExtras(options, STREAM_FIELDS, natives);
  return fields.boolean('stream') ?? false;
}
