import { z } from 'zod';
import type { JsonObject } from '../../../contract/json';
import { analysisType } from '../analysis-type';
import { objectSchema } from '../object-schema';

const SCALARS = ['string', 'number', 'integer', 'boolean', 'date'] as const;

const Field = z.strictObject({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, 'must be 1 to 64 letters, digits, hyphens and underscores'),
  type: z.enum(SCALARS).default('string').describe('`date` is an ISO 8601 date.'),
  list: z.boolean().default(false).describe('Whether it may stand there several times.'),
  description: z.string().max(500).optional(),
});
type Field = z.output<typeof Field>;

export const extraction = analysisType({
  name: 'extraction',
  description: 'The values of given fields, or of a JSON schema, that stand in a text.',
  options: z
    .object({
      fields: z
        .array(Field)
        .min(1)
        .max(100)
        .refine((fields) => new Set(fields.map(({ name }) => name)).size === fields.length, 'must have different names')
        .optional(),
      schema: z
        .record(z.string(), z.json())
        .refine((schema) => schema['type'] === 'object', 'must have the type object')
        .optional()
        .describe('JSON schema of the result, instead of fields.'),
    })
    .refine(({ fields, schema }) => (fields === undefined) !== (schema === undefined), {
      path: ['fields'],
      message: 'is needed, or schema instead of it',
    }),
  task: ({ fields, schema }) => ({
    instructions:
      'Extract what the schema asks for from the text. Take only what stands in the text: where it says nothing, the value is null if the ' +
      'schema allows that. Copy names and numbers exactly.',
    schema: {
      name: 'extraction',
      schema: (schema as JsonObject | undefined) ?? schemaOf(fields ?? []),
    },
    maxTokens: 8_000,
  }),
});

function schemaOf(fields: readonly Field[]): JsonObject {
  return objectSchema(Object.fromEntries(fields.map((field) => [field.name, valueSchema(field)])));
}

function valueSchema({ type, list, description }: Field): JsonObject {
  const kind: JsonObject = { type: type === 'date' ? 'string' : type };
  const told = [description, type === 'date' && 'ISO 8601 date'].filter(Boolean).join('; ');
  const values: JsonObject = list ? { type: 'array', items: kind } : { anyOf: [kind, { type: 'null' }] };
  return told ? { ...values, description: told } : values;
}
