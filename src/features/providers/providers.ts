import type { ConfiguredProvider } from '../../platform/config/config';
import { AnthropicProvider } from './anthropic/anthropic.provider';
import { LocalProvider } from './local/local.provider';
import { OpenAiProvider } from './openai/openai.provider';
import type { Provider } from './provider';
import { SandboxProvider } from './sandbox/sandbox.provider';

/** Every kind of provider. To add one: a folder beside these, a line here, and its type in `platform/config/settings.ts`. */
export function createProvider(settings: ConfiguredProvider): Provider {
  switch (settings.type) {
    case 'anthropic':
      return new AnthropicProvider(settings);
    case 'openai':
      return new OpenAiProvider(settings);
    case 'local':
      return new LocalProvider(settings);
    case 'sandbox':
      return new SandboxProvider(settings);
  }
}
