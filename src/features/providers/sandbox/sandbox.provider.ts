import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempt } from '../../../contract/attempt';
import { GatewayError } from '../../../contract/errors';
import { estimateTokens, textTokens } from '../../../contract/estimate-tokens';
import { uuidv7 } from '../../../contract/ids';
import { piecesOf } from '../../../contract/pieces';
import { NO_USAGE, type Piece, type Reply, type ReplyEvent, type Usage } from '../../../contract/reply';
import type { ChatRequest, EmbeddingsRequest } from '../../../contract/request';
import type { ConfiguredProvider } from '../../../platform/config/config';
import { estimatedCount } from '../estimated-count';
import { Provider, type Reachability } from '../provider';
import { composeAnswer, type Answer } from './compose-answer';
import { directives, lastUserText, type Directives } from './directives';

type SandboxSettings = Extract<ConfiguredProvider, { type: 'sandbox' }>;

const DIMENSIONS = 256;
const MAX_DIMENSIONS = 4_096;

/** The built-in provider: deterministic, free, never leaves the process, and fails on demand. */
export class SandboxProvider extends Provider {
  readonly name: string;

  constructor(private readonly settings: SandboxSettings) {
    super();
    this.name = settings.name;
  }

  override async send({ request, candidate, signal }: Attempt): Promise<Reply> {
    const reply = {
      provider: this.name,
      model: candidate.model,
      providerRequestId: `sandbox_${uuidv7()}`,
      attempts: 1,
      dropped: [...request.hints, ...request.extras],
    };
    if (request.operation === 'embeddings')
      return { ...reply, pieces: piecesOf([{ events: embeddings(request, candidate.model) }]) };
    if (request.operation === 'count_tokens')
      return { ...reply, pieces: piecesOf([estimatedCount(request, candidate.model)]) };
    if (request.continues)
      throw new GatewayError('not_found', 'The sandbox holds no threads; send the whole conversation', {
        details: { error_code: 'thread_not_found' },
      });

    const asked = directives(lastUserText(request));
    if (asked.fail)
      throw new GatewayError(asked.fail, `The sandbox was told to fail with ${asked.fail}`, { retryAfter: 1 });
    if (asked.hang) await pause(Infinity, signal);
    if (this.settings.firstTokenMs) await pause(this.settings.firstTokenMs, signal);
    return { ...reply, pieces: this.answer(request, candidate.model, asked, signal) };
  }

  override async reach(): Promise<Reachability> {
    return { reachable: true };
  }

  override async close(): Promise<void> {}

  private async *answer(
    request: ChatRequest,
    model: string,
    asked: Directives,
    signal: AbortSignal,
  ): AsyncGenerator<Piece> {
    const answer = composeAnswer(request, asked);
    const events = choices(request, answer);
    const usage = usageOf(request, answer);
    yield { events: [{ type: 'start', id: uuidv7(), model, usage: { ...usage, outputTokens: 0 } }] };
    const gapMs = gap(asked.pace ?? this.settings.tokensPerSecond);
    const stopAt = asked.cut || asked.stall ? Math.ceil(events.length / 2) : Infinity;
    for (const [i, event] of events.entries()) {
      if (i >= stopAt) {
        if (asked.stall) await pause(Infinity, signal);
        throw new GatewayError('provider_failed', 'The sandbox was told to break the stream');
      }
      if (gapMs && request.stream) await pause(gapMs, signal);
      yield { events: [event] };
    }
    yield { events: [{ type: 'end', usage }] };
  }
}

/** The answer as events, a word at a time, once for each choice that was asked for. */
function choices(request: ChatRequest, answer: Answer): ReplyEvent[] {
  const events: ReplyEvent[] = [];
  for (let choice = 0; choice < (request.n ?? 1); choice++) {
    let block = 0;
    if (answer.thinking) events.push({ type: 'thinking', choice, block: block++, text: answer.thinking });
    for (const text of answer.text.match(/\S+\s*|\s+/g) ?? []) events.push({ type: 'text', choice, block, text });
    if (answer.text) block++;
    for (const [i, call] of answer.toolCalls.entries()) {
      events.push({ type: 'tool_call', choice, block: block + i, id: `call_sandbox_${i}`, name: call.name });
      events.push({ type: 'tool_arguments', choice, block: block + i, json: call.arguments });
    }
    events.push({
      type: 'finish',
      choice,
      reason: answer.finish,
      ...(answer.stopSequence === undefined ? {} : { stopSequence: answer.stopSequence }),
    });
  }
  return events;
}

function usageOf(request: ChatRequest, answer: Answer): Usage {
  const words = [answer.thinking ?? '', answer.text, ...answer.toolCalls.map(({ arguments: json }) => json)];
  const output = words.reduce((sum, text) => sum + textTokens(text), 0) * (request.n ?? 1);
  return { ...NO_USAGE, inputTokens: estimateTokens(request), outputTokens: Math.max(1, output), estimated: true };
}

/** A unit vector drawn from the text's hash: equal texts are equal, others are nearly orthogonal. */
function embeddings(request: EmbeddingsRequest, model: string): ReplyEvent[] {
  const dimensions = Math.min(request.dimensions ?? DIMENSIONS, MAX_DIMENSIONS);
  const vectors = request.input.map((input, index): ReplyEvent => {
    const text = typeof input === 'string' ? input : input.join(',');
    const bytes = createHash('shake256', { outputLength: dimensions * 2 })
      .update(text)
      .digest();
    const raw = Array.from({ length: dimensions }, (_, i) => bytes.readInt16LE(i * 2));
    const length = Math.hypot(...raw) || 1;
    return { type: 'embedding', index, vector: raw.map((value) => value / length) };
  });
  const tokens = request.input.reduce(
    (sum, input) => sum + (typeof input === 'string' ? textTokens(input) : input.length),
    0,
  );
  return [
    { type: 'start', id: uuidv7(), model },
    ...vectors,
    { type: 'end', usage: { ...NO_USAGE, inputTokens: tokens, estimated: true } },
  ];
}

function gap(tokensPerSecond: number): number {
  return tokensPerSecond > 0 ? 1_000 / tokensPerSecond : 0;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    // `setTimeout` cannot wait for ever: a day is longer than any deadline
    await sleep(Math.min(ms, 86_400_000), undefined, { signal });
  } catch {
    throw signal.reason instanceof GatewayError
      ? signal.reason
      : new GatewayError('client_closed', 'The caller went away');
  }
}
