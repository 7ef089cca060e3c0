import { z } from 'zod';
import { isObject } from '../../../contract/json';
import { analysisType } from '../analysis-type';
import { objectSchema, within } from '../object-schema';

export const language = analysisType({
  name: 'language',
  description: 'Which language a text is written in.',
  options: z.object({}),
  task: () => ({
    instructions:
      'Say which language most of the text is written in: `language` is its BCP 47 tag (und when there is none), `name` its name in English, ' +
      '`confidence` goes from 0 (a guess) to 1 (beyond doubt).',
    schema: {
      name: 'language',
      schema: objectSchema({ language: { type: 'string' }, name: { type: 'string' }, confidence: { type: 'number' } }),
    },
    maxTokens: 1_000,
    result: (answer) => (isObject(answer) ? { ...answer, confidence: within(answer['confidence'], 0, 1) } : answer),
  }),
});
