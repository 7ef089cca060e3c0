import { compatibleChat } from '../../../dialects/openai-chat';
import { openaiEmbeddings } from '../../../dialects/openai-embeddings';
import { HttpProvider, type HttpSettings } from '../http-provider';

/** Any OpenAI-compatible server (Ollama, vLLM, llama.cpp): Chat Completions and Embeddings, the part they share. */
export class LocalProvider extends HttpProvider {
  constructor(settings: HttpSettings) {
    super(settings, {
      endpoints: [
        { codec: compatibleChat, path: '/v1/chat/completions' },
        { codec: openaiEmbeddings, path: '/v1/embeddings' },
      ],
      headers: (key): Record<string, string> => (key ? { authorization: `Bearer ${key.reveal()}` } : {}),
    });
  }
}
