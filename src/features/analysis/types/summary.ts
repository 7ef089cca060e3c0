import { z } from 'zod';
import { analysisType } from '../analysis-type';
import { objectSchema } from '../object-schema';

export const summary = analysisType({
  name: 'summary',
  description: 'What a text says, in few words and as a list of points.',
  options: z.object({
    max_words: z.int().min(10).max(2_000).default(120).describe('About how long the summary is at most.'),
    language: z
      .string()
      .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'must be a language tag such as en or pt-BR')
      .optional()
      .describe('BCP 47 tag of the language of the summary; that of the text when absent.'),
  }),
  task: ({ max_words: words, language }) => ({
    instructions:
      `Summarise the text in at most ${words} words, in ${language ? `the language with the tag ${language}` : 'the language of the text'}. ` +
      'Say only what the text says: add nothing, and keep numbers, names and dates exactly. `key_points` are its most important statements, ' +
      'one short sentence each, ten at most, in the order of the text.',
    schema: {
      name: 'summary',
      schema: objectSchema({
        summary: { type: 'string' },
        key_points: { type: 'array', items: { type: 'string' } },
      }),
    },
    maxTokens: 8_000,
  }),
});
