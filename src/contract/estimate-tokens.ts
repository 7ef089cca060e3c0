import type { ChatRequest, Part } from './request';

/** Images cost about this much with every vendor at common sizes. */
const IMAGE_TOKENS = 800;
const MESSAGE_TOKENS = 4;

/**
 * Roughly how many tokens a prompt has, where nobody is there to count: four characters of Latin text to a token, one and a
 * half to two of other scripts. Within about 20 % for prose; marked as an estimate wherever it is shown.
 */
export function estimateTokens(request: Pick<ChatRequest, 'messages' | 'tools'>): number {
  let tokens = 0;
  for (const { parts } of request.messages) tokens += MESSAGE_TOKENS + partsTokens(parts);
  for (const tool of request.tools)
    tokens += textTokens(tool.name) + textTokens(tool.description ?? '') + textTokens(JSON.stringify(tool.schema));
  return Math.max(1, tokens);
}

export function textTokens(text: string): number {
  let wide = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x2ff) wide++;
  return Math.ceil((text.length - wide) / 4 + wide / 1.7);
}

function partsTokens(parts: readonly Part[]): number {
  let tokens = 0;
  for (const part of parts)
    switch (part.type) {
      case 'text':
      case 'thinking':
      case 'refusal':
        tokens += textTokens(part.text);
        break;
      case 'image':
        tokens += IMAGE_TOKENS;
        break;
      case 'document':
        tokens += part.source.kind === 'text' ? textTokens(part.source.text) : IMAGE_TOKENS;
        break;
      case 'tool_call':
        tokens += textTokens(part.name) + textTokens(part.arguments);
        break;
      case 'tool_result':
        tokens += partsTokens(part.parts);
        break;
      case 'redacted_thinking':
        tokens += textTokens(part.data);
    }
  return tokens;
}
