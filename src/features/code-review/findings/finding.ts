import type { JsonObject } from '../../../contract/json';
import { CATEGORIES, type Category, type Pass, PASS_TASKS, type Severity } from '../passes';

export interface Finding extends JsonObject {
  readonly file: string;
  /** On the new side; it is in the diff. */
  readonly line: number;
  /** The line was added, and not only shown. */
  readonly added: boolean;
  readonly severity: Severity;
  readonly category: Category;
  readonly title: string;
  readonly explanation: string;
  readonly suggestion: string;
  /** Which passes found it. */
  readonly passes: readonly Pass[];
}

/** What a model is to answer about one change. */
export function findingsSchema(pass: Pass): JsonObject {
  return {
    type: 'object',
    properties: {
      findings: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            line: { type: 'integer', description: 'The number in front of the line that is at fault.' },
            code: { type: 'string', description: 'That line, copied as it stands.' },
            severity: { type: 'string', enum: PASS_TASKS[pass].severities },
            category: { type: 'string', enum: CATEGORIES },
            title: { type: 'string', description: 'The problem, in at most ten words.' },
            explanation: { type: 'string', description: 'Why it is one, in at most three sentences.' },
            suggestion: { type: 'string', description: 'What to do instead: code, or one sentence.' },
          },
          required: ['line', 'code', 'severity', 'category', 'title', 'explanation', 'suggestion'],
          additionalProperties: false,
        },
      },
    },
    required: ['findings'],
    additionalProperties: false,
  };
}
