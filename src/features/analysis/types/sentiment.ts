import { z } from 'zod';
import { isObject } from '../../../contract/json';
import { analysisType } from '../analysis-type';
import { objectSchema, within } from '../object-schema';

export const sentiment = analysisType({
  name: 'sentiment',
  description: 'Whether a text is positive, negative, neutral or mixed, from -1 to 1, and why.',
  options: z.object({}),
  task: () => ({
    instructions:
      'Judge the sentiment that the text expresses, not that of its subject. `score` goes from -1 (very negative) to 1 (very positive), 0 is ' +
      'neutral; `mixed` is for texts with strong sentiments of both kinds. `reason` is one short sentence in the language of the text.',
    schema: {
      name: 'sentiment',
      schema: objectSchema({
        sentiment: { type: 'string', enum: ['positive', 'negative', 'neutral', 'mixed'] },
        score: { type: 'number' },
        reason: { type: 'string' },
      }),
    },
    maxTokens: 2_000,
    result: (answer) => (isObject(answer) ? { ...answer, score: within(answer['score'], -1, 1) } : answer),
  }),
});
