import { z } from 'zod';

const text = z.string().trim().min(1).max(4_000);
const modelName = z.string().min(1).max(200);

const Field = z.strictObject({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, 'must be 1 to 64 letters, digits, hyphens and underscores'),
  type: z.enum(['string', 'number', 'integer', 'boolean', 'date']).default('string'),
  list: z.boolean().default(false),
  description: z.string().max(500).optional(),
});
export type DocumentField = z.output<typeof Field>;

const source = {
  text: z.string().optional(),
  content: z.string().refine(isBase64, 'must be base64').optional(),
  file: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,100}$/)
    .optional(),
  media_type: z.string().max(200).optional(),
  name: z.string().max(300).optional(),
};

const answer = {
  language: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'must be a language tag such as en or pt-BR')
    .optional(),
  model: modelName.optional(),
  merge_model: modelName.optional(),
};

/** Looks for what must not be there: one pass over millions of characters. */
function isBase64(content: string): boolean {
  if (/[^A-Za-z0-9+/=\r\n]/.test(content)) return false;
  const padding = content.indexOf('=');
  return padding < 0 || (content.length - padding <= 6 && /^={1,2}[\r\n]{0,4}$/.test(content.slice(padding)));
}

/** What a `document` job is given: a document in one of three ways, and what is wanted of it. */
export const DocumentInput = z
  .discriminatedUnion('task', [
    z.strictObject({
      task: z.literal('summary'),
      max_words: z.int().min(20).max(5_000).default(300),
      ...source,
      ...answer,
    }),
    z.strictObject({ task: z.literal('question'), question: text, ...source, ...answer }),
    z.strictObject({ task: z.literal('instruction'), instruction: text, ...source, ...answer }),
    z.strictObject({
      task: z.literal('extraction'),
      fields: z
        .array(Field)
        .min(1)
        .max(100)
        .refine((fields) => new Set(fields.map(({ name }) => name)).size === fields.length, 'must have different names')
        .optional(),
      schema: z
        .record(z.string(), z.json())
        .refine((schema) => schema['type'] === 'object', 'must have the type object')
        .optional(),
      ...source,
      ...answer,
    }),
  ])
  .superRefine((input, context) => {
    const refuse = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    const given = [input.text, input.content, input.file].filter((one) => one !== undefined).length;
    if (given !== 1) refuse('text', 'is needed, or content or file instead of it');
    if (input.task === 'extraction' && (input.fields === undefined) === (input.schema === undefined))
      refuse('fields', 'is needed, or schema instead of it');
  });
export type DocumentInput = z.output<typeof DocumentInput>;
