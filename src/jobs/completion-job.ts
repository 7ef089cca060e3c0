import type { ForeignCall, JobContext, JobEstimate, JobKind } from '../contract/job';
import { isObject, type Json, type JsonObject } from '../contract/json';
import { isVersion, protocolHeaders } from '../dialects/anthropic/protocol-headers';
import { CODECS } from '../dialects/codecs';
import { invalid } from '../dialects/fields';
import { GatewayError } from '../contract/errors';

const DIALECTS = ['openai-chat', 'openai-responses', 'anthropic-messages'] as const;
/** Headers of a Messages call that travel with it. */
const PROTOCOL = ['anthropic-version', 'anthropic-beta'] as const;
type ChatDialect = (typeof DIALECTS)[number];

/**
 * One call, as a caller would have made it at a door: the body of Chat Completions, Responses or Messages. The result is the answer
 * in the same dialect.
 */
export class CompletionJob implements JobKind<ForeignCall> {
  readonly type = 'completion';

  /** @throws GatewayError `invalid_request` that names the field */
  parse(input: Json): ForeignCall {
    if (!isObject(input)) throw invalid('input', 'expected an object');
    const isWrapped = 'dialect' in input && 'body' in input;
    const { dialect, body, headers } = isWrapped
      ? wrapped(input)
      : { dialect: dialectOf(input), body: input, headers: {} };
    if ('gatehouse' in body) throw invalid('input.gatehouse', 'options are given as headers of the submission');
    const { stream: _stream, stream_options: _options, anthropic_version: version, ...asked } = body;
    try {
      CODECS[dialect].decodeRequest(asked);
    } catch (error) {
      throw withinInput(error, isWrapped ? 'input.body' : 'input');
    }
    if (dialect !== 'anthropic-messages') return { dialect, body: asked };
    return { dialect, body: asked, headers: headersOf(headers, version) };
  }

  estimate({ dialect, body }: ForeignCall): readonly JobEstimate[] {
    const request = CODECS[dialect as ChatDialect].decodeRequest(body);
    if (request.operation === 'embeddings') return [];
    const { model, maxTokens, n = 1 } = request;
    const promptBytes = Buffer.byteLength(JSON.stringify(body));
    const asked = maxTokens !== undefined && { maxTokens: maxTokens * n };
    return [{ model, promptBytes, ...asked, ...(n > 1 && { answers: n }), times: 1 }];
  }

  userOf({ dialect, body }: ForeignCall): string | undefined {
    return CODECS[dialect as ChatDialect].decodeRequest(body).user;
  }

  async run(call: ForeignCall, context: JobContext): Promise<Json> {
    context.progress(1, 'asking');
    return context.conclude('answer', async (ask) => (await ask.verbatim(call)).body);
  }
}

function wrapped(input: JsonObject): { dialect: ChatDialect; body: JsonObject; headers: JsonObject } {
  const { dialect: asked, body, headers = {} } = input;
  const dialect = DIALECTS.find((known) => known === asked);
  if (!dialect) throw invalid('input.dialect', `must be one of ${DIALECTS.join(', ')}`);
  if (!isObject(body)) throw invalid('input.body', 'expected an object');
  if (!isObject(headers)) throw invalid('input.headers', 'expected an object');
  return { dialect, body, headers };
}

/** What an Anthropic provider must be told beside the body: as the caller's SDK would have, the version also in the body. */
function headersOf(headers: JsonObject, version: Json | undefined): Record<string, string> {
  const given = Object.fromEntries(
    PROTOCOL.flatMap((name) => {
      const value = headers[name] ?? undefined;
      if (value !== undefined && typeof value !== 'string') throw invalid(`input.headers.${name}`, 'must be a text');
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const said = typeof version === 'string' && isVersion(version) ? { 'anthropic-version': version } : {};
  try {
    return protocolHeaders({ ...said, ...given });
  } catch (error) {
    throw withinInput(error, 'input.headers');
  }
}

/** What only Messages has; everything else is Chat Completions, or Responses where there is `input`. */
function dialectOf(body: JsonObject): ChatDialect {
  const { tools, messages } = body;
  if ('input' in body && messages === undefined) return 'openai-responses';
  const isAnthropic =
    'system' in body ||
    'anthropic_version' in body ||
    'stop_sequences' in body ||
    (Array.isArray(tools) && tools.some((tool) => isObject(tool) && 'input_schema' in tool));
  return isAnthropic ? 'anthropic-messages' : 'openai-chat';
}

/** A refusal of the body names its fields from the submission's own root. */
function withinInput(error: unknown, place: string): GatewayError {
  const { code, message, facts } = GatewayError.from(error);
  if (code === 'internal') throw error;
  const { param } = facts;
  return new GatewayError(code, `${place}: ${message}`, {
    ...facts,
    param: param === undefined ? place : `${place}.${param}`,
  });
}
