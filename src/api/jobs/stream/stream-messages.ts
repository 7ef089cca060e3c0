import { z } from 'zod';
import { GatewayError } from '../../../contract/errors';

/** Stands for all jobs of the own key. */
export const ALL = '*';
const MOST_KNOWN = 1_000;

const Seen = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const Job = z.uuid();

const ClientMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('subscribe'),
    job: z.union([Job, z.literal(ALL)]),
    last_event_id: Seen.optional(),
    last_event_ids: z
      .record(Job, Seen)
      .refine((ids) => Object.keys(ids).length <= MOST_KNOWN, `must name at most ${MOST_KNOWN} jobs`)
      .optional(),
  }),
  z.strictObject({ type: z.literal('unsubscribe'), job: z.union([Job, z.literal(ALL)]) }),
]);
export type ClientMessage = z.output<typeof ClientMessage>;

/** What this side says. */
export type ServerMessage =
  | { readonly type: 'subscribed' | 'unsubscribed'; readonly job: string }
  /** Of a job that has ended, or is gone: nothing more will be said of it. */
  | { readonly type: 'ended'; readonly job: string }
  | { readonly type: 'event'; readonly job: string; readonly id: number; readonly event: string; readonly data: object }
  | { readonly type: 'error'; readonly job?: string; readonly code: string; readonly message: string };

/** @throws GatewayError `invalid_request` */
export function clientMessage(text: string): ClientMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new GatewayError('invalid_request', 'A message must be JSON');
  }
  const parsed = ClientMessage.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new GatewayError('invalid_request', `${where ? `${where}: ` : ''}${issue?.message ?? 'is not valid'}`);
  }
  const { data } = parsed;
  if (data.type === 'subscribe') {
    const misplaced = data.job === ALL ? data.last_event_id : data.last_event_ids;
    if (misplaced !== undefined)
      throw new GatewayError('invalid_request', `last_event_id is for one job, last_event_ids for "${ALL}"`);
  }
  return data;
}
