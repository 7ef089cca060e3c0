import { APIError as AnthropicError } from '@anthropic-ai/sdk';
import { APIError as OpenAiError } from 'openai';
import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';
import { errors as undici } from 'undici';
import { z } from 'zod';
import { errorFacts } from './error-facts';

const CANARY = 'cnry-5d1e-personal';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

function databaseError(code: string, message: string): DatabaseError {
  const error = new DatabaseError(message, message.length, 'error');
  return Object.assign(error, { code, detail: `Key (name)=(${CANARY})`, where: CANARY, hint: CANARY, column: CANARY });
}

const body = { error: { message: CANARY, type: 'x', code: 'bad' } };
const headers = new Headers({ authorization: `Bearer ${CANARY}` });
const response = { headers: { authorization: CANARY }, body: CANARY };

const QUOTING: Readonly<Record<string, unknown>> = {
  'PostgreSQL, of a value': databaseError('22P02', `invalid input syntax for type uuid: "${CANARY}"`),
  'PostgreSQL, of a constraint': databaseError('23505', 'duplicate key value violates unique constraint "k"'),
  'TypeORM, of a query': new QueryFailedError(`select ${CANARY}`, [CANARY], databaseError('22P02', `not: "${CANARY}"`)),
  'zod, of a value': z.object({ a: z.email() }).safeParse({ a: CANARY, b: 1 }).error,
  'zod, of a name': z.strictObject({}).safeParse({ [CANARY]: 1 }).error,
  'zod, of a record': z.record(z.string(), z.number()).safeParse({ [`a ${CANARY}`]: CANARY }).error,
  'JSON, short': thrownBy(() => JSON.parse(CANARY)),
  'JSON, long': thrownBy(() => JSON.parse(`{"a": "${CANARY}", ${CANARY}}`)),
  'Node, of an argument': thrownBy(() =>
    Buffer.from(Object.assign(Object.create(null) as object, { CANARY }) as unknown as string),
  ),
  'Node, of a value': thrownBy(() => Buffer.alloc(CANARY as unknown as number)),
  'OpenAI’s SDK': OpenAiError.generate(400, body, CANARY, headers),
  'OpenAI’s SDK without a message': OpenAiError.generate(418, { [CANARY]: CANARY }, undefined, headers),
  'Anthropic’s SDK': AnthropicError.generate(400, body, CANARY, headers),
  undici: Object.assign(new undici.SocketError('other side closed'), { socket: { remoteAddress: CANARY } }),
  'undici, of an answer': new undici.ResponseError('Response status code 400', 400, response as never),
  'a property': Object.assign(new Error('failed'), { request: CANARY, config: { data: CANARY } }),
  'a name': Object.assign(new Error('failed'), { name: `a name: ${CANARY}` }),
  'a code': Object.assign(new Error('failed'), { code: `${CANARY} code` }),
  'a string': CANARY,
  'an object': { toString: () => CANARY, body: CANARY },
  'a symbol': Symbol(CANARY),
  'a stack of its own': Object.assign(new Error('failed'), { stack: `Error: failed\n${CANARY}\n    at x` }),
};

describe('what is said of errors', () => {
  it.each(Object.keys(QUOTING))('never repeats a value: %s', (kind) => {
    const facts = errorFacts(QUOTING[kind]);
    expect(JSON.stringify(facts)).not.toContain(CANARY);
    expect(facts.message.length).toBeGreaterThan(3);
  });

  it.each(Object.keys(QUOTING))('never repeats a value of what led to one: %s', (kind) => {
    const facts = errorFacts(new Error('failed', { cause: new Error('inner', { cause: QUOTING[kind] }) }));
    expect(JSON.stringify(facts)).not.toContain(CANARY);
  });

  it('tells what led to it, nearest first, by name and message', () => {
    const root = Object.assign(new TypeError('root'), { code: 'ECONNREFUSED', address: CANARY });
    const facts = errorFacts(new Error('outer', { cause: new RangeError('middle', { cause: root }) }));
    expect(facts).toMatchObject({ name: 'Error', message: 'outer', stack: expect.stringMatching(/^ {4}at /) });
    expect(facts.causes).toEqual([
      { name: 'RangeError', message: 'middle' },
      { name: 'TypeError', message: 'root', code: 'ECONNREFUSED' },
    ]);
  });

  it('ends, however long or round the chain', () => {
    const round: Error & { cause?: unknown } = new Error('round');
    round.cause = new Error('second', { cause: round });
    expect(errorFacts(round).causes).toEqual([{ name: 'Error', message: 'second' }]);
    let deep = new Error('0');
    for (let depth = 1; depth < 1_000; depth++) deep = new Error(`${depth}`, { cause: deep });
    expect(errorFacts(deep).causes).toHaveLength(5);
  });

  it('tells the first of several', () => {
    const several = Array.from({ length: 100 }, (_, at) => new Error(`number ${at}`));
    const facts = errorFacts(new AggregateError(several, 'all of them'));
    expect(facts).toMatchObject({ name: 'AggregateError', message: 'all of them' });
    expect(facts.errors).toHaveLength(5);
  });

  it('is bounded', () => {
    const long = new Error('m'.repeat(100_000), { cause: new Error('c'.repeat(100_000)) });
    long.stack = `Error: ${long.message}\n${'    at f (file.js:1:1)\n'.repeat(10_000)}`;
    const facts = errorFacts(long);
    expect([facts.message.length, facts.causes?.[0]?.message.length]).toEqual([2_000, 2_000]);
    expect(JSON.stringify(facts).length).toBeLessThan(9_000);
  });

  it('does not take lines of a message for places', () => {
    const facts = errorFacts(new Error(`first\n    at ${CANARY}\n    at more`));
    expect(facts.stack).not.toContain(CANARY);
  });

  it('survives what throws when it is looked at', () => {
    const hostile = new Proxy(new Error('x'), {
      get: () => {
        throw new Error(CANARY);
      },
    });
    expect(errorFacts(hostile)).toMatchObject({ name: 'Error' });
  });
});
