import type { Tool, ToolChoice } from '../../contract/request';
import { fieldName, type Fields, invalid } from '../fields';
import { type Natives, noteExtras } from '../natives';

const NAME = /^[a-zA-Z0-9_.-]{1,128}$/;
const TOOL_FIELDS = new Set(['type', 'function', 'cache_control']);
const FUNCTION_FIELDS = new Set(['name', 'description', 'parameters', 'strict']);
const CHOICE_FIELDS = new Set(['type', 'function']);

export function decodeTools(request: Fields, natives: Natives): Tool[] {
  const tools: Tool[] = [];
  for (const tool of request.objects('tools') ?? []) {
    const type = tool.required('type', tool.string('type'));
    if (type === 'function') tools.push(decodeFunction(tool, natives));
    else natives.extras.push(`${tool.path} (${fieldName(type)})`);
  }
  return tools;
}

function decodeFunction(tool: Fields, natives: Natives): Tool {
  const fn = tool.required('function', tool.child('function'));
  noteExtras(tool, TOOL_FIELDS, natives);
  noteExtras(fn, FUNCTION_FIELDS, natives);
  return {
    name: functionName(fn),
    description: fn.string('description'),
    schema: fn.json('parameters') ?? { type: 'object', properties: {} },
    strict: fn.boolean('strict'),
    cacheControl: tool.json('cache_control'),
  };
}

export function decodeToolChoice(request: Fields, natives: Natives): ToolChoice | undefined {
  const value = request.raw('tool_choice');
  if (value === undefined) return undefined;
  if (typeof value === 'string')
    return { type: request.oneOf('tool_choice', ['none', 'auto', 'required'] as const) ?? 'auto' };
  const choice = request.required('tool_choice', request.child('tool_choice'));
  if (choice.required('type', choice.string('type')) !== 'function') {
    natives.extras.push(choice.path);
    return undefined;
  }
  noteExtras(choice, CHOICE_FIELDS, natives);
  return { type: 'tool', name: functionName(choice.required('function', choice.child('function'))) };
}

function functionName(fn: Fields): string {
  const name = fn.required('name', fn.string('name'));
  if (!NAME.test(name)) throw invalid(fn.at('name'), 'must be 1 to 128 letters, digits, underscores, dots or dashes');
  return name;
}
