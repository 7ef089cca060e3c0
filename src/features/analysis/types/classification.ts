import { z } from 'zod';
import { isObject } from '../../../contract/json';
import { analysisType } from '../analysis-type';
import { objectSchema, within } from '../object-schema';

const label = z.string().trim().min(1).max(100);
const Label = z.union([
  label.transform((name) => ({ name, description: undefined as string | undefined })),
  z.strictObject({ name: label, description: z.string().max(500).optional() }),
]);

const REASON = '`reason` is one short sentence in the language of the text.';

export const classification = analysisType({
  name: 'classification',
  description: 'Which of the given labels a text belongs to.',
  options: z.object({
    labels: z
      .array(Label)
      .min(2)
      .max(100)
      .refine((labels) => new Set(labels.map(({ name }) => name)).size === labels.length, 'must be different')
      .describe('Names, or objects with a name and a description of what belongs there.'),
    multiple: z.boolean().default(false).describe('Whether a text may have several labels, or none.'),
  }),
  task: ({ labels, multiple }) => {
    const names = { type: 'string', enum: labels.map(({ name }) => name) } as const;
    const list = labels
      .map(({ name, description }) => `- ${JSON.stringify(name)}${description ? `: ${description}` : ''}`)
      .join('\n');
    return multiple
      ? {
          instructions: `Say which of these labels the text belongs to: all that fit, or none.\n${list}\n${REASON}`,
          schema: {
            name: 'labels',
            schema: objectSchema({ labels: { type: 'array', items: names }, reason: { type: 'string' } }),
          },
          maxTokens: 2_000,
          result: (answer) =>
            isObject(answer) && Array.isArray(answer['labels'])
              ? { ...answer, labels: [...new Set(answer['labels'] as readonly string[])] }
              : answer,
        }
      : {
          instructions:
            `Say which one of these labels fits the text best.\n${list}\n` +
            `\`confidence\` goes from 0 (a guess) to 1 (beyond doubt). ${REASON}`,
          schema: {
            name: 'label',
            schema: objectSchema({ label: names, confidence: { type: 'number' }, reason: { type: 'string' } }),
          },
          maxTokens: 2_000,
          result: (answer) =>
            isObject(answer) ? { ...answer, confidence: within(answer['confidence'], 0, 1) } : answer,
        };
  },
});
