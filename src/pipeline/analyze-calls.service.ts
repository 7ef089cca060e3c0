import { Injectable } from '@nestjs/common';
import { GatewayError } from '../contract/errors';
import { isObject, type Json, type JsonObject } from '../contract/json';
import type { Reply, ReplyEvent } from '../contract/reply';
import { Analyses, type Analysis, questionOf, resultOf } from '../features/analysis';
import { Schemas } from '../features/conformance';
import { Config } from '../platform/config/config';
import { Problems } from '../platform/config/problems';
import { QuestionBodies } from './question-bodies.service';

/** One analysis as a call: what is asked, and how its answer is told. */
export interface AnalyzeCall {
  /** A body of Chat Completions. */
  readonly body: JsonObject;
  /** @param ms since the call came in. @throws GatewayError `provider_failed` when the model declined */
  told(events: readonly ReplyEvent[], reply: Reply, ms: number): JsonObject;
}

const SANDBOX_NOTE = 'The built-in sandbox answered, not a model: the result only shows the shape of one.';
/** Other than a `miss`, which a model was asked for. */
const FROM_BEFORE = new Set(['hit', 'coalesced', 'stale', 'similar']);

/** Reads what `POST /v1/analyze` is sent. */
@Injectable()
export class AnalyzeCalls {
  /** @throws ConfigError when the schema of one of the operator's analyses cannot be used */
  constructor(
    private readonly analyses: Analyses,
    private readonly questions: QuestionBodies,
    { analysisTemplates, inForce }: Config,
  ) {
    checkSchemas(analysisTemplates);
    inForce.require((next) => checkSchemas(next.analysisTemplates));
  }

  /** @throws GatewayError `invalid_request` that names the field or the limit */
  read(body: JsonObject): AnalyzeCall {
    const analysis = this.analyses.read(body, ['text', 'user', 'gatehouse']);
    const text = this.analyses.checkText(body['text'], 'text');
    const { user, gatehouse } = analysis.rest;
    const own = gatehouse ?? {};
    return {
      body: {
        ...this.questions.of(questionOf(analysis, text)),
        ...(user !== undefined && { user }),
        gatehouse: isObject(own) ? { validate: 'repair', cache: 'use', ...own } : own,
      },
      told: (events, reply, ms) => told(analysis, events, reply, ms),
    };
  }
}

function checkSchemas(templates: Config['analysisTemplates']): void {
  const schemas = new Schemas();
  const problems = new Problems();
  for (const [name, { schema }] of Object.entries(templates))
    try {
      schemas.validator(schema as JsonObject);
    } catch (error) {
      problems.add(`analyses.yaml analyses.${name}.schema`, (error as Error).message);
    }
  problems.throwIfAny();
}

function told(analysis: Analysis, events: readonly ReplyEvent[], reply: Reply, ms: number): JsonObject {
  const isFromBefore = reply.repeats !== undefined || (reply.cache !== undefined && FROM_BEFORE.has(reply.cache));
  const end = events.findLast((event) => event.type === 'end');
  return {
    analysis_type: analysis.type,
    result: resultOf(analysis, jsonOf(events)),
    cached: isFromBefore,
    latency_ms: Math.round(ms),
    provider: reply.provider,
    model: reply.model,
    ...(end && {
      usage: {
        input_tokens: end.usage.inputTokens + end.usage.cacheReadTokens + end.usage.cacheWriteTokens,
        output_tokens: end.usage.outputTokens,
      },
    }),
    ...(reply.provider === 'sandbox' && { sandbox: true, note: SANDBOX_NOTE }),
  };
}

function jsonOf(events: readonly ReplyEvent[]): Json {
  let text = '';
  for (const event of events) if (event.type === 'text') text += event.text;
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    // a refusal is handed out as it came, and is no answer here
    throw new GatewayError('provider_failed', 'The model declined to analyse the text', {
      details: { reason: 'declined' },
      cause,
    });
  }
}
