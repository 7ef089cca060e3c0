import type { Json, JsonObject } from '../../contract/json';
import type { ChatRequest, Tool } from '../../contract/request';
import { invalid } from '../fields';

const NAME = /^[a-zA-Z0-9_-]{1,128}$/;

export function encodeTools(tools: readonly Tool[]): Json[] | undefined {
  return tools.length ? tools.map(encodeTool) : undefined;
}

function encodeTool(tool: Tool, index: number): JsonObject {
  if (!NAME.test(tool.name))
    throw invalid(`tools[${index}].name`, 'this model takes 1 to 128 letters, digits, _ and -');
  const { name, description, schema, strict, cacheControl } = tool;
  return {
    name,
    ...(description !== undefined && { description }),
    input_schema: schema.type === undefined ? { ...schema, type: 'object' } : schema,
    ...(strict !== undefined && { strict }),
    ...(cacheControl && { cache_control: cacheControl }),
  };
}

export function encodeToolChoice({ toolChoice, parallelToolCalls, tools }: ChatRequest): JsonObject | undefined {
  const alone = parallelToolCalls === false;
  const choice = toolChoice ?? (alone ? { type: 'auto' as const } : undefined);
  // without tools, the choices that call none go without saying, and Anthropic refuses them
  if (!choice || (!tools.length && (choice.type === 'auto' || choice.type === 'none'))) return undefined;
  if (choice.type === 'none') return { type: 'none' };
  const spelt = choice.type === 'tool' ? choice : { type: choice.type === 'required' ? 'any' : 'auto' };
  return alone ? { ...spelt, disable_parallel_tool_use: true } : spelt;
}
