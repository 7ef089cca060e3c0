import type { GatewayOptions } from './gateway';

const SETTINGS = `
jobs: { parallel: 2, attempts: 2, backoffMs: 50, maxBackoffMs: 100 }
analyses: { textCharacters: 2000 }
documents: { partTokens: 250, mergeTokens: 4000, pages: 30, parseMs: 5000, memoryBytes: 134217728, unpackedBytes: 10000000 }
codeReview: { files: 20 }
`;
const MODELS = `aliases:
  fast: [openai/gpt-4o-mini]
  balanced: [openai/gpt-4o]
  best: [anthropic/claude-opus-4-8]
models:
  anthropic/claude-opus-4-8: { maxOutputTokens: 128000, contextTokens: 200000, sampling: false }
`;
const ANALYSES = `analyses:
  support-triage:
    description: How urgent a message to support is.
    instructions: The text is a message about {{product}}. Say how urgent it is.
    parameters: { product: { default: our product } }
    schema:
      type: object
      properties: { urgency: { type: string, enum: [low, high] } }
      required: [urgency]
      additionalProperties: false
`;

/** A gateway that reads in small parts, within narrow limits, with three models and an analysis of its operator's. */
export const SMALL_PARTS: GatewayOptions = {
  settings: SETTINGS,
  models: MODELS,
  analyses: ANALYSES,
  policies: 'defaults: { retry: { attempts: 1 }, fallback: { enabled: false }, breaker: { enabled: false } }',
};
