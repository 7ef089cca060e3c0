import { Injectable } from '@nestjs/common';
import type { Attempt } from '../contract/attempt';
import { GatewayError } from '../contract/errors';
import type { ChatRequest } from '../contract/request';
import { unchanged } from '../contract/unchanged';
import type { WireRequest } from '../contract/wire';
import { Providers } from '../features/providers';
import { ModelRegistry } from '../features/models';
import { Config } from '../platform/config/config';

export interface ProbeResult {
  readonly reachable: boolean;
  readonly detail?: string;
  /** The provider answered a prompt of one token; only when such probes are switched on. */
  readonly answered?: boolean;
}

const ANSWER_MS = 10_000;

/** Whether providers can be reached; and, where the operator pays for it, whether they answer. */
@Injectable()
export class ModelProbe {
  private answers: { readonly at: number; readonly results: Promise<Record<string, string | true>> } | undefined;

  constructor(
    private readonly config: Config,
    private readonly providers: Providers,
    private readonly models: ModelRegistry,
  ) {}

  async reach(): Promise<Record<string, ProbeResult>> {
    const found: Record<string, ProbeResult> = await this.providers.reach();
    if (!this.config.health.providerProbe) return found;
    for (const [name, result] of Object.entries(await this.answered()))
      found[name] =
        result === true
          ? { reachable: true, answered: true }
          : { reachable: false, answered: false, detail: `did not answer a prompt of one token: ${result}` };
    return found;
  }

  /** Asked again only when the last result is older than `providerProbeSeconds`. */
  private answered(): Promise<Record<string, string | true>> {
    const now = Date.now();
    if (!this.answers || now - this.answers.at > this.config.health.providerProbeSeconds * 1_000)
      this.answers = { at: now, results: this.askAll() };
    return this.answers.results;
  }

  private async askAll(): Promise<Record<string, string | true>> {
    const models = new Map(this.models.list().map(({ id, provider }) => [provider, id]));
    const asked = [...models].map(async ([provider, id]) => [provider, await this.ask(provider, id)] as const);
    return Object.fromEntries(await Promise.all(asked));
  }

  private async ask(provider: string, id: string): Promise<string | true> {
    try {
      const candidate = this.models.resolve(id, 'chat').find((one) => one.provider === provider);
      if (!candidate) return true;
      const signal = AbortSignal.timeout(ANSWER_MS);
      const deadlineAt = performance.now() + ANSWER_MS;
      const reply = await this.providers.send({ ...PROBE, candidate, signal, deadlineAt, answerBy: deadlineAt });
      for await (const { events } of reply.pieces) if (events.at(-1)?.type === 'end') return true;
      return 'cut off';
    } catch (error) {
      return GatewayError.from(error).code;
    }
  }
}

const QUESTION: ChatRequest = {
  operation: 'chat',
  model: 'probe',
  stream: false,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
  maxTokens: 1,
  hints: [],
  extras: [],
};

const WIRE: WireRequest = { dialect: 'internal', body: {}, headers: {} };

const PROBE: Omit<Attempt, 'candidate' | 'signal' | 'deadlineAt' | 'answerBy'> = {
  request: QUESTION,
  wire: WIRE,
  outgoing: unchanged({ request: QUESTION, wire: WIRE }),
  tenant: { id: '', name: '' },
  alternatives: [],
  hurried: false,
  tried: () => undefined,
};
