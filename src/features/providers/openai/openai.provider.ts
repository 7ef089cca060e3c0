import { openaiChat } from '../../../dialects/openai-chat';
import { openaiEmbeddings } from '../../../dialects/openai-embeddings';
import { openaiResponses } from '../../../dialects/openai-responses';
import { OpenAiBatches } from '../batches/openai-batches';
import { HttpProvider, type HttpSettings } from '../http-provider';

/** OpenAI's API. What Chat Completions cannot carry (images in tool results) goes through Responses. */
export class OpenAiProvider extends HttpProvider {
  constructor(settings: HttpSettings) {
    super(settings, {
      endpoints: [
        { codec: openaiChat, path: '/v1/chat/completions' },
        { codec: openaiResponses, path: '/v1/responses' },
        { codec: openaiEmbeddings, path: '/v1/embeddings' },
      ],
      headers: (key): Record<string, string> => (key ? { authorization: `Bearer ${key.reveal()}` } : {}),
      batches: (http) => new OpenAiBatches(http),
    });
  }
}
