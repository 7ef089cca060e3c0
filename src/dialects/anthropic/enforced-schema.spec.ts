import type { JsonObject } from '../../contract/json';
import { enforcedSchema } from './enforced-schema';

const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'object', properties, ...more });
const closed = (properties: JsonObject, more: JsonObject = {}): JsonObject =>
  object(properties, { ...more, additionalProperties: false });
const TEXT = { type: 'string' };

describe('a schema that Anthropic enforces', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['objects are closed, at every depth', object({ a: object({ b: TEXT }) }), closed({ a: closed({ b: TEXT }) })],
    ['also those that allowed more', object({ a: TEXT }, { additionalProperties: true }), closed({ a: TEXT })],
    ['also within lists', { type: 'array', items: object({ a: TEXT }) }, { type: 'array', items: closed({ a: TEXT }) }],
    ['what is an object without saying so', { properties: { a: TEXT } }, closed({ a: TEXT })],
    ['required ones stay', object({ a: TEXT }, { required: ['a'] }), closed({ a: TEXT }, { required: ['a'] })],
    ['no arguments at all', object({}), closed({})],
    ['choices', { anyOf: [object({ a: TEXT }), { type: 'null' }] }, { anyOf: [closed({ a: TEXT }), { type: 'null' }] }],
    ['the only one of all', { allOf: [object({ a: TEXT })], title: 't' }, { anyOf: [closed({ a: TEXT })], title: 't' }],
    [
      'literals',
      object({ a: { enum: ['x', null] }, b: { const: 1 } }),
      closed({ a: { enum: ['x', null] }, b: { const: 1 } }),
    ],
    ['kinds in a list', object({ a: { type: ['string', 'null'] } }), closed({ a: { type: ['string', 'null'] } })],
    ['known formats', { type: 'string', format: 'date' }, { type: 'string', format: 'date' }],
    [
      'lists that are not empty',
      { type: 'array', items: TEXT, minItems: 1 },
      { type: 'array', items: TEXT, minItems: 1 },
    ],
    [
      'remarks go',
      { $schema: 's', $id: 'i', type: 'string', examples: ['e'], default: 'd' },
      { type: 'string', default: 'd' },
    ],
    [
      'definitions',
      { $ref: '#/$defs/a', $defs: { a: object({ b: { $ref: '#/$defs/b', description: 'd' } }), b: TEXT } },
      { $ref: '#/$defs/a', $defs: { a: closed({ b: { $ref: '#/$defs/b' } }), b: TEXT } },
    ],
    [
      'definitions of older drafts',
      object({ a: { $ref: '#/definitions/b' }, c: { $ref: '#/definitions/b' } }, { definitions: { b: TEXT } }),
      closed({ a: { $ref: '#/definitions/b' }, c: { $ref: '#/definitions/b' } }, { definitions: { b: TEXT } }),
    ],
  ])('%s', (_, schema, expected) => {
    expect(enforcedSchema(schema)).toEqual({ schema: expected, weakened: false });
    expect(enforcedSchema(expected)?.weakened).toBe(false);
  });

  it('tells in words what it does not enforce', () => {
    const schema = object({
      age: { type: 'integer', minimum: 0, maximum: 150, description: 'in years' },
      name: { type: 'string', minLength: 1, format: 'phone' },
      tags: { type: 'array', items: TEXT, minItems: 2 },
      one: { oneOf: [TEXT, { type: 'null' }] },
    });
    expect(enforcedSchema(schema)).toEqual({
      schema: closed({
        age: { type: 'integer', description: 'in years\n\nMust also conform to {"minimum":0,"maximum":150}' },
        name: { type: 'string', description: 'Must also conform to {"minLength":1,"format":"phone"}' },
        tags: { type: 'array', items: TEXT, description: 'Must also conform to {"minItems":2}' },
        one: { anyOf: [TEXT, { type: 'null' }] },
      }),
      weakened: true,
    });
  });

  it.each<[string, JsonObject]>([
    ['anything', {}],
    ['any object', { type: 'object' }],
    ['a field of any kind', object({ a: {} })],
    ['a field that is always right', object({ a: true })],
    ['a list of anything', { type: 'array' }],
    ['a tuple', { type: 'array', items: [TEXT, TEXT] }],
    ['a map', { type: 'object', additionalProperties: TEXT }],
    ['a map beside fields', object({ a: TEXT }, { additionalProperties: TEXT })],
    ['names by pattern', object({ a: TEXT }, { patternProperties: { '^x': TEXT } })],
    ['a required field that is not named', object({ a: TEXT }, { required: ['b'] })],
    ['several at once', { allOf: [object({ a: TEXT }), object({ b: TEXT })] }],
    ['literals that are no values', { enum: [{ a: 1 }] }],
    ['no choice', { anyOf: [] }],
    ['fields that are none', object('none' as unknown as JsonObject)],
    ['itself', object({ a: { $ref: '#' } })],
    ['a tree', { $ref: '#/$defs/a', $defs: { a: object({ b: { $ref: '#/$defs/a' } }) } }],
    [
      'a circle that nothing leads into',
      { ...TEXT, $defs: { a: object({ b: { $ref: '#/$defs/b' } }), b: object({ a: { $ref: '#/$defs/a' } }) } },
    ],
    ['what is elsewhere', { $ref: 'https://example.org/schema.json' }],
  ])('cannot say %s', (_, schema) => {
    expect(enforcedSchema(schema)).toBeUndefined();
  });

  it('takes a long chain of definitions', () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `d${i}`);
    const $defs = Object.fromEntries(
      names.map((name, i) => [name, i + 1 < names.length ? object({ next: { $ref: `#/$defs/d${i + 1}` } }) : TEXT]),
    );
    expect(enforcedSchema({ $ref: '#/$defs/d0', $defs })?.weakened).toBe(false);
  });
});
