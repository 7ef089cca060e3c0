import { anthropicCount, anthropicMessages } from '../../../dialects/anthropic';
import { AnthropicBatches } from '../batches/anthropic-batches';
import { HttpProvider, type HttpSettings } from '../http-provider';

/** Anthropic's API, or anything that speaks it. The caller's own version and betas win over the default version. */
export class AnthropicProvider extends HttpProvider {
  constructor(settings: HttpSettings) {
    super(settings, {
      endpoints: [
        { codec: anthropicMessages, path: '/v1/messages' },
        { codec: anthropicCount, path: '/v1/messages/count_tokens' },
      ],
      headers: (key): Record<string, string> => (key ? { 'x-api-key': key.reveal() } : {}),
      batches: (http) => new AnthropicBatches(http.with({ 'anthropic-version': '2023-06-01' })),
    });
  }
}
