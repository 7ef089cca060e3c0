import type { PromptSize } from '../contract/call';
import type { ModelRequest, Part } from '../contract/request';

/** How much text a request holds, in UTF-16 code units. Binary parts do not count. */
export function measurePrompt(request: ModelRequest): PromptSize {
  if (request.operation === 'embeddings') {
    const characters = request.input.reduce((sum, input) => sum + input.length, 0);
    return { messages: request.input.length, characters, historyCharacters: 0 };
  }
  let tools = 0;
  for (const { name, description, schema } of request.tools)
    tools += name.length + (description?.length ?? 0) + JSON.stringify(schema).length;
  let characters = 0;
  let last = 0;
  for (const { parts } of request.messages) {
    last = partsLength(parts);
    characters += last;
  }
  return { messages: request.messages.length, characters: characters + tools, historyCharacters: characters - last };
}

function partsLength(parts: readonly Part[]): number {
  let length = 0;
  for (const part of parts)
    switch (part.type) {
      case 'text':
      case 'thinking':
      case 'refusal':
        length += part.text.length;
        break;
      case 'redacted_thinking':
        length += part.data.length;
        break;
      case 'tool_call':
        length += part.name.length + part.arguments.length;
        break;
      case 'tool_result':
        length += partsLength(part.parts);
        break;
      case 'document':
        if (part.source.kind === 'text') length += part.source.text.length;
        break;
      case 'image':
        break;
    }
  return length;
}
