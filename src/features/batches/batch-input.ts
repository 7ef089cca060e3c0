import { z } from 'zod';
import { GatewayError } from '../../contract/errors';
import type { Json } from '../../contract/json';
import { FILE_PREFIX, uuidOf } from '../../contract/public-ids';
import type { Dialect } from '../../contract/wire';
import { fieldName } from '../../dialects/fields';

/** What lines may ask for, and the dialect of their bodies. */
export const ENDPOINTS = {
  '/v1/chat/completions': 'openai-chat',
  '/v1/responses': 'openai-responses',
  '/v1/embeddings': 'openai-embeddings',
} as const satisfies Record<string, Dialect>;
export type Endpoint = keyof typeof ENDPOINTS;

const LONGEST_WINDOW_HOURS = 720;
const MOST_PAIRS = 16;

/** A batch as its submitter asks for it, in OpenAI's words. */
export const BatchBody = z.strictObject({
  input_file_id: z
    .string()
    .refine((id) => uuidOf(FILE_PREFIX, id) !== undefined, 'must be the id of a file')
    .describe('A file of purpose `batch`: a line of JSON for each call.'),
  endpoint: z.enum(Object.keys(ENDPOINTS) as [Endpoint, ...Endpoint[]]),
  completion_window: z
    .string()
    .regex(/^[1-9]\d{0,2}h$/, 'must be a number of hours, like 24h')
    .refine((window) => hoursOf(window) <= LONGEST_WINDOW_HOURS, `must be at most ${LONGEST_WINDOW_HOURS}h`)
    .describe('By when it ends, one way or another: `24h`.'),
  metadata: z
    .record(z.string().max(64), z.string().max(512))
    .refine((pairs) => Object.keys(pairs).length <= MOST_PAIRS, `must have at most ${MOST_PAIRS} pairs`)
    .nullish(),
  output_expires_after: z
    .strictObject({ anchor: z.literal('created_at'), seconds: z.int().min(3_600).max(2_592_000) })
    .nullish()
    .describe('How long the files are kept that it leaves.'),
  gatehouse: z
    .strictObject({
      pass_through: z
        .boolean()
        .optional()
        .describe('Hand it on to the batch API of its provider, at its price, where that can be done.'),
    })
    .nullish()
    .describe('What OpenAI’s batches do not have.'),
});
export type BatchBody = z.output<typeof BatchBody>;

export interface BatchInput {
  readonly fileId: string;
  readonly endpoint: Endpoint;
  /** How long the files are kept that it leaves, in seconds; the configured time when absent. */
  readonly keepSeconds?: number;
  /** Whether it is to be handed on to its provider; as configured when absent. */
  readonly passThrough?: boolean;
}

/** @throws GatewayError `invalid_request` that names the field */
export function batchInput(input: Json): BatchInput {
  const { success, data, error } = BatchBody.safeParse(input);
  if (!success) throw wrong(error.issues[0]);
  const { input_file_id: file, endpoint, output_expires_after: expiry, gatehouse } = data;
  const { pass_through: passThrough } = gatehouse ?? {};
  return {
    fileId: uuidOf(FILE_PREFIX, file) ?? '',
    endpoint,
    ...(expiry && { keepSeconds: expiry.seconds }),
    ...(passThrough !== undefined && { passThrough }),
  };
}

export function hoursOf(window: string): number {
  return Number(window.slice(0, -1));
}

function wrong(issue: z.core.$ZodIssue | undefined): GatewayError {
  const path = (issue?.path ?? []).map((part) => `.${fieldName(String(part))}`).join('');
  const param = `input${path}`;
  return new GatewayError('invalid_request', `${param}: ${issue?.message ?? 'is not valid'}`, { param });
}
