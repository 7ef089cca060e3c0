import type { Json, JsonObject } from '../../contract/json';
import { SchemaError } from './schema-reader';
import { Schemas } from './schemas';

const check = (schema: Json, value: Json) =>
  new Schemas()
    .validator(schema as JsonObject)
    .faults(value)
    ?.map(({ pointer, keyword }) => `${pointer} ${keyword}`);
const json = (text: string) => JSON.parse(text) as Json;
const DRAFT_7 = { $schema: 'http://json-schema.org/draft-07/schema#' };

describe('a value is held to', () => {
  it.each<[string, Json, Json, Json, string]>([
    ['its type', { type: ['integer', 'null'] }, 3, 3.5, ' type'],
    ['a list of values', { enum: [1, { a: [2] }] }, { a: [2] }, { a: [3] }, ' enum'],
    ['one value', { const: { a: 1, b: 2 } }, { b: 2, a: 1 }, { a: 1 }, ' const'],
    ['bounds of numbers', { minimum: 1, exclusiveMaximum: 3 }, 1, 3, ' exclusiveMaximum'],
    ['multiples of decimal fractions', { multipleOf: 0.0001 }, 0.0075, 0.00751, ' multipleOf'],
    ['length in code points', { maxLength: 2 }, '👩👩', 'abc', ' maxLength'],
    ['a pattern', { pattern: '^\\d{3}$' }, '123', '1234', ' pattern'],
    ['a format', { format: 'date' }, '2024-02-29', '2023-02-29', ' format'],
    ['required members', { required: ['a/b'] }, { 'a/b': 1 }, {}, '/a~1b required'],
    [
      'known members',
      { properties: { a: {} }, additionalProperties: false },
      { a: 1 },
      { b: 1 },
      '/b additionalProperties',
    ],
    ['members by pattern', { patternProperties: { '^x': { type: 'string' } } }, { x1: '' }, { x1: 1 }, '/x1 type'],
    ['names of members', { propertyNames: { maxLength: 1 } }, { a: 1 }, { ab: 1 }, '/ab propertyNames'],
    ['what members demand', { dependentRequired: { a: ['b'] } }, { b: 1 }, { a: 1 }, '/b dependentRequired'],
    ['its items', { prefixItems: [{ type: 'string' }], items: { type: 'null' } }, ['', null], ['', 1], '/1 type'],
    [
      'items in the words of draft 7',
      { ...DRAFT_7, items: [{}], additionalItems: false },
      [1],
      [1, 2],
      '/1 additionalItems',
    ],
    [
      'different items',
      { uniqueItems: true },
      [1, '1'],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      ' uniqueItems',
    ],
    ['an item among others', { contains: { const: 1 }, maxContains: 1 }, [1, 2], [1, 1], ' maxContains'],
    ['one of several schemas', { anyOf: [{ type: 'string' }, { type: 'null' }] }, null, 1, ' anyOf'],
    ['exactly one of several', { oneOf: [{ minimum: 1 }, { minimum: 5 }] }, 3, 7, ' oneOf'],
    ['none of a schema', { not: { type: 'string' } }, 1, '', ' not'],
    [
      'a condition',
      json('{"if": {"minimum": 10}, "then": {"multipleOf": 10}, "else": {"maximum": 5}}'),
      20,
      7,
      ' maximum',
    ],
    [
      'what is left',
      { allOf: [{ properties: { a: {} } }], unevaluatedProperties: false },
      { a: 1 },
      { b: 1 },
      '/b unevaluatedProperties',
    ],
    [
      'references',
      { $ref: '#/$defs/t', $defs: { t: { type: 'object', additionalProperties: { $ref: '#/$defs/t' } } } },
      { a: { b: {} } },
      { a: { b: 1 } },
      '/a/b type',
    ],
    ['anchors', { $ref: '#here', $defs: { a: { $anchor: 'here', type: 'null' } } }, null, 1, ' type'],
    [
      'nothing beside a reference in draft 7',
      { ...DRAFT_7, allOf: [{ $ref: '#/definitions/a', type: 'null' }], definitions: { a: { type: 'string' } } },
      'x',
      1,
      ' type',
    ],
    [
      'members of any name',
      json('{"properties": {"__proto__": {"type": "string"}}}'),
      {},
      json('{"__proto__": 1}'),
      '/__proto__ type',
    ],
  ])('%s', (_what, schema, right, wrong, fault) => {
    expect(check(schema, right)).toEqual([]);
    expect(check(schema, wrong)).toEqual([fault]);
  });

  it('tells every fault, ten at most', () => {
    const schema = { properties: { a: { type: 'string', const: '' } }, items: { type: 'null' } };
    expect(check(schema, { a: 1 })).toEqual(['/a type', '/a const']);
    expect(
      check(
        schema,
        Array.from({ length: 50 }, () => 1),
      ),
    ).toHaveLength(10);
  });

  it('shows no name that is not in the schema', () => {
    const schema = { properties: { people: { additionalProperties: { type: 'integer' } } } };
    const faults = new Schemas().validator(schema).faults({ people: { Ada: 'x' } });
    expect(faults).toEqual([{ pointer: '/people/Ada', shown: '/people/*', keyword: 'type' }]);
  });
});

describe('a schema is refused', () => {
  const deep = (levels: number): JsonObject => (levels ? { not: deep(levels - 1) } : {});
  it.each<[string, Json]>([
    ['nested deeper', deep(64)],
    ['more than 10000 values', { enum: Array.from({ length: 10_001 }, (_, i) => i) }],
    ['longer than 200000', { description: 'x'.repeat(200_001) }],
    ['nothing is fetched', { $ref: 'http://169.254.169.254/latest' }],
    ['nothing is fetched', { $ref: 'file:///etc/passwd' }],
    ['leads nowhere', { $ref: '#/$defs/x' }],
    ['leads nowhere', { $ref: '#/constructor' }],
    ['not spelt properly', { $ref: '#/%zz' }],
    ["'$dynamicRef' is not supported", { $dynamicRef: '#a' }],
    ["only the whole schema may have an '$id'", { properties: { a: { $id: 'https://example.org/a' } } }],
    ["'$schema' is neither", { $schema: 'https://example.org/mine' }],
    ["'minLength' is not a whole number", { minLength: -1 }],
    ["'required' is not a list of texts", { required: [1] }],
    ["'properties' is not an object", { properties: [] }],
    ["'properties' holds something that is not a schema", { properties: { a: 1 } }],
    ["'type' names a type", { type: 'constructor' }],
    ["'anyOf' is empty", { anyOf: [] }],
    ['RE2 syntax', { pattern: '(?=a)' }],
    ['RE2 syntax', { pattern: '(a)\\1' }],
    ['RE2 syntax', { patternProperties: { '(': {} } }],
    ['longer than 1000', { pattern: 'a'.repeat(1_001) }],
    ['more than 100 patterns', { allOf: Array.from({ length: 101 }, (_, i) => ({ pattern: `${i}` })) }],
    ['too complex', { allOf: Array.from({ length: 30 }, (_, i) => ({ pattern: `(?:abc){999}${i}` })) }],
    ['too complex', { pattern: `(?:${'a'.repeat(900)}){999}` }],
  ])('%s', (message, schema) => {
    const act = () => new Schemas().validator(schema as JsonObject);
    expect(act).toThrow(SchemaError);
    expect(act).toThrow(message);
  });
});

describe('a hostile schema costs little', () => {
  // a list of doublings: each refers to the next twice
  const doubling = (keyword: string, n = 40): JsonObject => ({
    $ref: '#/$defs/d0',
    $defs: Object.fromEntries(
      Array.from({ length: n }, (_, i) => {
        const next = { $ref: `#/$defs/d${i + 1}` };
        return [`d${i}`, i === n - 1 ? { type: 'string' } : { [keyword]: [next, next] }];
      }),
    ),
  });
  const text = 'a'.repeat(30_000);
  it.each<[string, JsonObject, Json]>([
    ['refers to itself', { $ref: '#' }, 1],
    ['refers to itself through branches', { anyOf: [{ $ref: '#' }, { not: { $ref: '#' } }] }, 1],
    ['doubles by allOf', doubling('allOf'), 'x'],
    ['doubles by anyOf', doubling('anyOf'), 1],
    ['doubles by oneOf', doubling('oneOf'), 'x'],
    [
      'tries many patterns on many names',
      { patternProperties: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`(x+x+)+y${i}`, {}])) },
      Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`${'x'.repeat(50)}${i}`, 1])),
    ],
    ['matches slowly', { pattern: '(?:a?){500}b' }, text.repeat(10)],
  ])('that %s', (_what, schema, value) => {
    const started = performance.now();
    const validator = new Schemas().validator(schema);
    expect(validator.faults(value)).toBeUndefined();
    // generous: other processes share the machine
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('that would take a backtracking matcher for ever', () => {
    expect(check({ pattern: '^(a+)+$' }, `${text}!`)).toEqual([' pattern']);
  });

  it('keeps those that were used last, as many as fit', () => {
    const schemas = new Schemas();
    const schema = (i: number) => ({ description: `${i}${'x'.repeat(50_000)}` });
    const first = schemas.validator(schema(0));
    expect(schemas.validator(schema(0))).toBe(first);
    for (let i = 1; i < 60; i++) schemas.validator(schema(i));
    expect(schemas.validator(schema(0))).not.toBe(first);
    const last = schemas.validator(schema(59));
    expect(schemas.validator(schema(59))).toBe(last);
  });
});
