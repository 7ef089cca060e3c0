import type { Json, JsonObject } from '../../contract/json';
import { decodeReply } from './decode-reply';
import { decodeRequest } from './decode-request';
import { encodeReply } from './encode-reply';
import { encodeRequest, forwardRequest } from './encode-request';
import { openaiEmbeddings } from './index';

const decode = (fields: JsonObject) => decodeRequest({ model: 'm', ...fields });
const context = (body: JsonObject) => ({ requestId: 'r', created: 1, body });

describe('requests', () => {
  it.each<[Json, unknown]>([
    ['a', ['a']],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [[1, 2], [[1, 2]]],
    [
      [[1], [2, 3]],
      [[1], [2, 3]],
    ],
  ])('reads the input %j', (input, expected) => {
    expect(decode({ input }).input).toEqual(expected);
  });

  it('reads the options and names what it does not know', () => {
    const decoded = decode({ input: 'a', encoding_format: 'base64', dimensions: 8, user: 'u', gatehouse: {}, odd: 1 });
    expect(decoded).toMatchObject({ format: 'base64', dimensions: 8, user: 'u', stream: false, extras: ['odd'] });
    expect(() => encodeRequest(decoded, { model: 'e' })).toThrow(/odd/);
  });

  it.each<[string, JsonObject]>([
    ['model', { model: '', input: 'a' }],
    ['input', {}],
    ['input', { input: [] }],
    ['input', { input: {} }],
    ['input', { input: Array.from({ length: 2049 }, () => 'a') }],
    ['input[1]', { input: ['a', 1] }],
    ['input[1]', { input: [1, 'a'] }],
    ['input[0]', { input: [[]] }],
    ['input[1][0]', { input: [[1], [-1]] }],
    ['input[1]', { input: [[1], 'a'] }],
    ['encoding_format', { input: 'a', encoding_format: 'int8' }],
    ['dimensions', { input: 'a', dimensions: 0 }],
  ])('names %s when it is wrong', (param, fields) => {
    expect(() => decode(fields)).toThrow(expect.objectContaining({ facts: { param } }));
  });

  it('encodes and forwards', () => {
    const body = { model: 'alias', input: ['a'], encoding_format: 'base64', dimensions: 8, gatehouse: {} };
    const { gatehouse: _, ...rest } = body;
    expect(forwardRequest(body, { model: 'e' })).toStrictEqual({ body: { ...rest, model: 'e' }, dropped: [] });
    expect(encodeRequest(decodeRequest(body), { model: 'e' })).toStrictEqual({
      body: { ...rest, model: 'e' },
      dropped: [],
    });
  });
});

describe('replies', () => {
  const vector = [0.5, -1.25, 3];
  const base64 = Buffer.from(new Uint8Array(Float32Array.from(vector).buffer)).toString('base64');
  const reply = (embedding: Json): JsonObject => ({
    object: 'list',
    data: [{ object: 'embedding', index: 0, embedding }],
    model: 'e',
    usage: { prompt_tokens: 5, total_tokens: 5 },
  });

  it.each([
    ['float', 'float', vector, vector],
    ['float', 'base64', vector, base64],
    ['base64', 'float', base64, vector],
    ['base64', 'base64', base64, base64],
  ])('turn %s into %s', (_, encoding_format, given, expected) => {
    expect(encodeReply(decodeReply(reply(given)), context({ encoding_format }))).toStrictEqual(reply(expected));
  });

  it('are floats unless asked otherwise', () => {
    expect(encodeReply(decodeReply(reply(base64)), context({}))).toStrictEqual(reply(vector));
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['nothing', {}],
    ['an empty list', { data: [] }],
    ['words for numbers', reply(['a'])],
    ['no vector', reply(null)],
    ['an error', { error: { message: 'x' } }],
  ])('of %s are the provider failing', (_, body) => {
    expect(() => decodeReply(body as JsonObject)).toThrow(expect.objectContaining({ code: 'provider_failed' }));
  });

  it('refuse a vector that was cut off', () => {
    expect(() => encodeReply(decodeReply(reply(base64.slice(0, 8))), context({}))).toThrow(/cut off/);
  });

  it('are never streamed', () => {
    expect(() => openaiEmbeddings.streamDecoder()).toThrow(/not streamed/);
    expect(() => openaiEmbeddings.streamEncoder(context({}))).toThrow(/not streamed/);
  });
});
