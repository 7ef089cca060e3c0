import type { Json, JsonObject } from '../../contract/json';
import type { ChatRequest, Tool } from '../../contract/request';
import { invalid } from '../fields';
import { enforcedSchema } from './enforced-schema';

const NAME = /^[a-zA-Z0-9_-]{1,128}$/;

export function encodeTools(tools: readonly Tool[], dropped: Set<string>): Json[] | undefined {
  return tools.length ? tools.map((tool, index) => encodeTool(tool, index, dropped)) : undefined;
}

function encodeTool(tool: Tool, index: number, dropped: Set<string>): JsonObject {
  if (!NAME.test(tool.name))
    throw invalid(`tools[${index}].name`, 'this model takes 1 to 128 letters, digits, _ and -');
  const { name, description, cacheControl } = tool;
  const { schema, strict } = heldTo(tool, dropped);
  return {
    name,
    ...(description !== undefined && { description }),
    input_schema: schema.type === undefined ? { ...schema, type: 'object' } : schema,
    ...(strict !== undefined && { strict }),
    ...(cacheControl && { cache_control: cacheControl }),
  };
}

/** Anthropic refuses to hold a model to some schemas: it is asked to keep to those all the same. */
function heldTo({ schema, strict }: Tool, dropped: Set<string>): Pick<Tool, 'schema' | 'strict'> {
  if (!strict) return { schema, strict };
  const enforced = enforcedSchema(schema);
  if (!enforced || enforced.weakened) dropped.add('strict');
  return enforced ? { schema: enforced.schema, strict } : { schema, strict: false };
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
