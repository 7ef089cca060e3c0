import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

const DEADLINE_MS = 60_000;
const MAX_TOKENS = 16;
const QUESTION = [{ role: 'user' as const, content: 'Say hello.' }];
/** An answer that was kept would prove little. */
const HEADERS = { 'x-gatehouse-cache': 'no-store', 'x-gatehouse-tags': 'deploy-smoke' };

export interface SmokeTarget {
  readonly url: string;
  readonly opsUrl: string;
  readonly key: string;
  readonly model: string;
  readonly anthropicModel: string;
}

type SmokeTest = (target: SmokeTarget) => Promise<void>;

/** What the vendors' own SDKs must be able to do with a release before it gets callers. */
export const SMOKE_TESTS: Readonly<Record<string, SmokeTest>> = {
  async 'OpenAI SDK, models'(target) {
    const { data } = await openai(target).models.list();
    demand(data.length > 0, 'no model is offered');
  },
  async 'OpenAI SDK, answer'(target) {
    const { choices } = await openai(target).chat.completions.create({ ...chat(target), stream: false });
    demand(choices[0]?.message.role === 'assistant', 'no answer');
    demand(choices[0]?.finish_reason != null, 'no reason why it ended');
  },
  async 'OpenAI SDK, stream'(target) {
    let finish: string | null = null;
    for await (const { choices } of await openai(target).chat.completions.create({ ...chat(target), stream: true }))
      finish = choices[0]?.finish_reason ?? finish;
    demand(finish !== null, 'the stream has no end');
  },
  async 'Anthropic SDK, answer'(target) {
    const { role, stop_reason } = await anthropic(target).messages.create({ ...message(target), stream: false });
    demand(role === 'assistant' && stop_reason !== null, 'no answer');
  },
  async 'Anthropic SDK, stream'(target) {
    const { stop_reason } = await anthropic(target).messages.stream(message(target)).finalMessage();
    demand(stop_reason !== null, 'the stream has no end');
  },
  async metrics({ opsUrl }) {
    const response = await fetch(`${opsUrl}/metrics`, { signal: AbortSignal.timeout(DEADLINE_MS) });
    demand(/^llm_requests_total\{/m.test(await response.text()), 'the calls above were not counted');
  },
};

/** @throws that names the first test that failed. Each costs what a call of a few words does. */
export async function smoke(target: SmokeTarget): Promise<void> {
  for (const [name, test] of Object.entries(SMOKE_TESTS))
    await test(target).catch((error: Error) => {
      throw new Error(`Smoke test "${name}" failed: ${error.message}`);
    });
}

const options = ({ key }: SmokeTarget) => ({
  apiKey: key,
  maxRetries: 0,
  timeout: DEADLINE_MS,
  defaultHeaders: HEADERS,
});
const openai = (target: SmokeTarget) => new OpenAI({ ...options(target), baseURL: `${target.url}/v1` });
const anthropic = (target: SmokeTarget) => new Anthropic({ ...options(target), authToken: null, baseURL: target.url });
const chat = ({ model }: SmokeTarget) => ({ model, messages: QUESTION, max_completion_tokens: MAX_TOKENS });
const message = ({ anthropicModel }: SmokeTarget) => ({
  model: anthropicModel,
  messages: QUESTION,
  max_tokens: MAX_TOKENS,
});

function demand(kept: boolean, complaint: string): asserts kept {
  if (!kept) throw new Error(complaint);
}
