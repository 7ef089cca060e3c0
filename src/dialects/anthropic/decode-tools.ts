import type { ChatRequest, Tool, ToolChoice } from '../../contract/request';
import { fieldName, type Fields, invalid } from '../fields';
import { type Natives, noteExtras, noteHints } from '../natives';

const TOOL_FIELDS = new Set(['type', 'name', 'description', 'input_schema', 'strict', 'cache_control']);
const CHOICE_FIELDS = new Set(['type', 'name', 'disable_parallel_tool_use']);
const CHOICES = ['auto', 'any', 'tool', 'none'] as const;

/** The caller's own tools; those the provider runs itself become extras. */
export function decodeTools(request: Fields, natives: Natives): Tool[] {
  const tools: Tool[] = [];
  for (const tool of request.objects('tools') ?? []) {
    const type = tool.string('type') ?? 'custom';
    if (type === 'custom') tools.push(decodeTool(tool, natives));
    else natives.extras.push(`${tool.path} (${fieldName(type)})`);
  }
  return tools;
}

function decodeTool(tool: Fields, natives: Natives): Tool {
  const name = tool.required('name', tool.string('name'));
  if (!name) throw invalid(tool.at('name'), 'must not be empty');
  noteHints(tool, TOOL_FIELDS, natives);
  return {
    name,
    description: tool.string('description'),
    schema: tool.required('input_schema', tool.json('input_schema')),
    strict: tool.boolean('strict'),
    cacheControl: tool.json('cache_control'),
  };
}

export function decodeToolChoice(
  request: Fields,
  natives: Natives,
): Pick<ChatRequest, 'toolChoice' | 'parallelToolCalls'> {
  const choice = request.child('tool_choice');
  if (!choice) return { toolChoice: undefined, parallelToolCalls: undefined };
  noteExtras(choice, CHOICE_FIELDS, natives);
  const alone = choice.boolean('disable_parallel_tool_use');
  return { toolChoice: choiceOf(choice), parallelToolCalls: alone === undefined ? undefined : !alone };
}

function choiceOf(choice: Fields): ToolChoice {
  const type = choice.required('type', choice.oneOf('type', CHOICES));
  if (type === 'tool') return { type, name: choice.required('name', choice.string('name') || undefined) };
  return { type: type === 'any' ? 'required' : type };
}
