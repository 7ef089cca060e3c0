import { Injectable } from '@nestjs/common';
import type { Call } from '../contract/call';
import { GatewayError } from '../contract/errors';
import { uuidv7 } from '../contract/ids';
import type { ReplyEvent } from '../contract/reply';
import type { EmbeddingsRequest } from '../contract/request';
import { Embedder } from '../features/answers';
import { ModelRegistry } from '../features/models';
import type { SimilarPolicy } from '../platform/config/similar-settings';
import { InternalCalls } from './internal-calls.service';

/** Of the caller's request id: one has 128 at most. */
const ID_CHARACTERS = 118;

/** Vectors from the model that the policy names, made by calls of the gateway's own on behalf of a caller's. */
@Injectable()
export class Embeddings {
  constructor(
    private readonly calls: InternalCalls,
    private readonly models: ModelRegistry,
  ) {}

  /** Undefined where the policy names no model, or one that is not there. @param call whose sanitized text is embedded */
  for(call: Call, { embedding, embeddingMs }: SimilarPolicy): Embedder | undefined {
    const model = embedding && this.modelOf(embedding);
    return model ? new ModelEmbedder(this.calls, call, embedding, model, embeddingMs) : undefined;
  }

  private modelOf(asked: string): string | undefined {
    try {
      return this.models.resolve(asked, 'embeddings')[0].model;
    } catch {
      return undefined;
    }
  }
}

class ModelEmbedder extends Embedder {
  override dimensions: number | undefined;

  constructor(
    private readonly calls: InternalCalls,
    private readonly call: Call,
    private readonly asked: string,
    /** Whichever provider has it. */
    override readonly name: string,
    private readonly withinMs: number,
  ) {
    super();
  }

  override async embed(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]> {
    const vectors: Float32Array[] = [];
    const reply = await this.calls.run(this.callFor(texts, signal));
    const isOther = reply.model !== this.name;
    for await (const { events } of reply.pieces)
      for (const event of events) if (event.type === 'embedding') vectors[event.index] = numbersOf(event.vector);
    if (isOther) throw new GatewayError('provider_failed', 'Another model made the vectors: they cannot be compared');
    if (Object.keys(vectors).length !== texts.length)
      throw new GatewayError('provider_failed', 'The embedding model left out a vector');
    this.dimensions = vectors[0]?.length;
    return vectors;
  }

  private callFor(texts: readonly string[], signal: AbortSignal): Call {
    const { caller, requestId, user, session } = this.call;
    const request: EmbeddingsRequest = {
      operation: 'embeddings',
      model: this.asked,
      stream: false,
      input: texts,
      format: 'float',
      hints: [],
      extras: [],
    };
    return {
      id: uuidv7(),
      requestId: `${requestId.slice(0, ID_CHARACTERS)}.embedding`,
      // the operator chose the model, not the caller
      caller: { ...caller, models: [] },
      request,
      wire: { dialect: 'internal', body: { model: this.asked, input: texts }, headers: {} },
      ...(user !== undefined && { user }),
      ...(session !== undefined && { session }),
      timeoutMs: this.withinMs,
      signal,
      receivedAt: Date.now(),
      startedAt: performance.now(),
    };
  }
}

function numbersOf(vector: Extract<ReplyEvent, { type: 'embedding' }>['vector']): Float32Array {
  if (typeof vector !== 'string') return Float32Array.from(vector);
  const bytes = Buffer.from(vector, 'base64');
  return Float32Array.from({ length: bytes.length >> 2 }, (_, i) => bytes.readFloatLE(4 * i));
}
