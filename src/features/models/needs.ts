import type { DocumentPart, ModelRequest, Part } from '../../contract/request';
import type { Capability } from '../../platform/config/models';

/** As a refusal names it. */
export type Need = Capability | 'JSON schemas';

/** What a request needs of a model beyond text. */
export function needsOf(request: ModelRequest): Need[] {
  if (request.operation === 'embeddings') return [];
  const needs = new Set<Need>();
  if (request.responseFormat?.type === 'json_schema') needs.add('JSON schemas');
  if (request.tools.length) needs.add('tools');
  for (const { parts } of request.messages) collect(parts, needs);
  return [...needs];
}

function collect(parts: readonly Part[], needs: Set<Need>): void {
  for (const part of parts)
    switch (part.type) {
      case 'image':
        needs.add('images');
        break;
      case 'document':
        if (!isPlainText(part)) needs.add('documents');
        break;
      case 'tool_call':
        needs.add('tools');
        break;
      case 'tool_result':
        needs.add('tools');
        collect(part.parts, needs);
        break;
      default:
    }
}

function isPlainText({ source }: DocumentPart): boolean {
  return source.kind === 'text' || (source.kind === 'base64' && source.mediaType === 'text/plain');
}
