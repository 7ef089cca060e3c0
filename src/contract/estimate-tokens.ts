import type { ChatRequest, Part } from './request';

/** Images cost about this much with every vendor at common sizes. */
const IMAGE_TOKENS = 800;
const MESSAGE_TOKENS = 4;
const LATIN = 4;
const WIDE = 1.7;

type Prompt = Pick<ChatRequest, 'messages' | 'tools'>;
type Count = (text: string) => number;

/**
 * Roughly how many tokens a prompt has, where nobody is there to count: four characters of Latin text to a token, one and a
 * half to two of other scripts. Within about 20 % for prose; marked as an estimate wherever it is shown.
 */
export function estimateTokens(request: Prompt): number {
  return promptTokens(request, textTokens);
}

/** What the estimate is at most, without a look at the texts. */
export function mostTokens(request: Prompt): number {
  return promptTokens(request, (text) => Math.ceil(text.length / WIDE));
}

export function textTokens(text: string): number {
  let wide = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x2ff) wide++;
  return Math.ceil((text.length - wide) / LATIN + wide / WIDE);
}

function promptTokens({ messages, tools }: Prompt, count: Count): number {
  let tokens = 0;
  for (const { parts } of messages) tokens += MESSAGE_TOKENS + partsTokens(parts, count);
  for (const tool of tools)
    tokens += count(tool.name) + count(tool.description ?? '') + count(JSON.stringify(tool.schema));
  return Math.max(1, tokens);
}

function partsTokens(parts: readonly Part[], count: Count): number {
  let tokens = 0;
  for (const part of parts)
    switch (part.type) {
      case 'text':
      case 'thinking':
      case 'refusal':
        tokens += count(part.text);
        break;
      case 'image':
        tokens += IMAGE_TOKENS;
        break;
      case 'document':
        tokens += part.source.kind === 'text' ? count(part.source.text) : IMAGE_TOKENS;
        break;
      case 'tool_call':
        tokens += count(part.name) + count(part.arguments);
        break;
      case 'tool_result':
        tokens += partsTokens(part.parts, count);
        break;
      case 'redacted_thinking':
        tokens += count(part.data);
    }
  return tokens;
}
