import { intentOf, requestIdOf } from './caller-intent';

const timeoutOf = (value: unknown) => intentOf({}, { gatehouse: { timeout_ms: value as number } }, undefined).timeoutMs;

describe('intentOf', () => {
  it('takes a timeout from the header before one from the body', () => {
    expect(timeoutOf(1_500)).toBe(1_500);
    expect(intentOf({ 'x-gatehouse-timeout-ms': ' 20 ' }, { gatehouse: { timeout_ms: 9 } }, undefined).timeoutMs).toBe(
      20,
    );
    expect(intentOf({}, {}, undefined).timeoutMs).toBeUndefined();
  });

  it.each([0, -1, 1.5, 3_600_001, '', '0x10', '1e3', ' 5', '-1', 'soon', true, [5], {}])(
    'refuses the timeout %j',
    (value) => {
      expect(() => timeoutOf(value)).toThrow('must be a whole number from 1 to 3600000');
    },
  );

  it('names an option it does not know, but not when the name is a text of the caller', () => {
    expect(() => intentOf({}, { gatehouse: { chache: 'on' } }, undefined)).toThrow(
      'gatehouse.chache: is not an option',
    );
    expect(() => intentOf({}, { gatehouse: { 'ada@example.org': 1 } }, undefined)).toThrow(
      'gatehouse.?: is not an option',
    );
  });

  it('takes what is to become of past answers from the header before the body', () => {
    const cacheOf = (header: string, body: Record<string, string>) =>
      intentOf(header ? { 'x-gatehouse-cache': header } : {}, { gatehouse: body }, undefined).cache;
    expect(cacheOf('', {})).toBeUndefined();
    expect(cacheOf('', { cache: 'refresh' })).toBe('refresh');
    expect(cacheOf('no-store', { cache: 'refresh' })).toBe('no-store');
    for (const wrong of ['on', 'NO-STORE', 'toString', 'refresh, similar']) {
      const known = 'cache must be one of no-store, refresh, use, similar';
      expect(() => cacheOf(wrong, {})).toThrow(`x-gatehouse-${known}`);
      expect(() => cacheOf('', { cache: wrong })).toThrow(`gatehouse.${known}`);
    }
  });

  it('takes what is to become of an answer that does not conform from the header before the body', () => {
    const validationOf = (header: string, validate: unknown) =>
      intentOf(
        header ? { 'x-gatehouse-validate': header } : {},
        { gatehouse: validate === undefined ? {} : { validate: validate as string } },
        undefined,
      ).validation;
    expect(validationOf('', undefined)).toBeUndefined();
    expect(validationOf('', true)).toBe('refuse');
    expect(validationOf('true', 'repair')).toBe('refuse');
    expect(validationOf('repair', true)).toBe('repair');
    for (const wrong of ['yes', 'TRUE', 'false', false, 1, null, ['repair']])
      expect(() => validationOf('', wrong)).toThrow('gatehouse.validate must be true or repair');
    expect(() => validationOf('on', true)).toThrow('x-gatehouse-validate must be true or repair');
  });

  it('takes how hard the call is from the header before the body', () => {
    const complexityOf = (header: string, complexity: unknown) =>
      intentOf(
        header ? { 'x-gatehouse-complexity': header } : {},
        { gatehouse: complexity === undefined ? {} : { complexity: complexity as string } },
        undefined,
      ).complexity;
    expect(complexityOf('', undefined)).toBeUndefined();
    expect(complexityOf('', 'low')).toBe('low');
    expect(complexityOf('high', 'low')).toBe('high');
    for (const wrong of ['LOW', 'hard', 'toString', 1, null, ['low']])
      expect(() => complexityOf('', wrong)).toThrow('gatehouse.complexity must be one of low, medium, high');
    expect(() => complexityOf('hard', 'low')).toThrow('x-gatehouse-complexity must be one of low, medium, high');
  });

  it('prefers the header that names the end user, and bounds it', () => {
    expect(intentOf({ 'x-user-id': 'ada' }, {}, 'bob').user).toBe('ada');
    expect(intentOf({}, {}, 'bob').user).toBe('bob');
    expect(() => intentOf({ 'x-user-id': 'a'.repeat(257) }, {}, undefined)).toThrow('at most 256 characters');
  });
});

describe('an idempotency key', () => {
  const keyOf = (key: string | string[] | undefined) =>
    intentOf({ 'idempotency-key': key }, {}, undefined).idempotencyKey;

  it.each(['k', ' a b ', '~'.repeat(255)])('is taken as it is: %j', (key) => expect(keyOf(key)).toBe(key));

  it('may be absent', () => expect(keyOf(undefined)).toBeUndefined());

  it.each(['', 'x'.repeat(256), 'größe', 'a\u0000b', 'a\tb', ['a', 'b']])('is refused by name: %j', (key) => {
    expect(() => keyOf(key)).toThrow('idempotency-key must have 1 to 255 printable ASCII characters');
  });

  it('may stand in the body, where the header is stronger', () => {
    const body = (key: unknown) => ({ gatehouse: { idempotency_key: key as string } });
    expect(intentOf({}, body('b'), undefined).idempotencyKey).toBe('b');
    expect(intentOf({ 'idempotency-key': 'h' }, body('b'), undefined).idempotencyKey).toBe('h');
    for (const key of ['', 7, null, ['b']])
      expect(() => intentOf({}, body(key), undefined)).toThrow('gatehouse.idempotency_key must have 1 to 255');
  });
});

describe('the user of a call', () => {
  const userOf = (header: string, user?: string) => intentOf({ 'x-user-id': header }, {}, user).user;

  it.each(['josé', '李雷', 'ada'])('is the same in a header, as clients send it, and in a body: %s', (name) => {
    expect(userOf(Buffer.from(name).toString('latin1'))).toBe(name);
    expect(userOf('', name)).toBe(name);
  });

  it('is read as Latin-1 where its bytes are no UTF-8', () => expect(userOf('josé')).toBe('josé'));

  it('has at most 256 characters, wherever it stands', () => {
    expect(() => userOf('x'.repeat(257))).toThrow('x-user-id must have at most 256');
    expect(() => userOf('', 'x'.repeat(257))).toThrow('The user must be named by at most 256');
    expect(userOf('', 'x'.repeat(256))).toHaveLength(256);
  });
});

describe('requestIdOf', () => {
  it.each(['call-1', 'a.b:c_d', 'x'.repeat(128)])('takes %j', (id) => {
    expect(requestIdOf({ 'x-request-id': id })).toBe(id);
  });

  it.each(['01939b5e-7a3c-7c11-8a55-0242ac120002', 'req-20261130-0000123', '4711'])(
    'takes %s, a number as good as any',
    (id) => {
      expect(requestIdOf({ 'x-request-id': id })).toBe(id);
    },
  );

  it.each(['529.982.247-25', 'cpf:52998224725', '4111-1111-1111-1111', `sk-proj-${'Zz9RidKey'.repeat(5)}`])(
    'replaces %s, which is somebody’s or a secret',
    (id) => expect(requestIdOf({ 'x-request-id': id })).toBeUndefined(),
  );

  it.each(['job:01939b5e-7a3c-7c11-8a55-0242ac120002', 'job:'])(
    'replaces %s, which the call of a job may have',
    (id) => {
      expect(requestIdOf({ 'x-request-id': id })).toBeUndefined();
    },
  );

  it.each(['', ' ', 'a b', 'a\u0000b', '<script>', 'x'.repeat(129), 'größe'])('replaces %j', (id) => {
    expect(requestIdOf({ 'x-request-id': id })).toBeUndefined();
  });
});
