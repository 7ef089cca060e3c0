import { z } from 'zod';
import { GatewayError } from '../../contract/errors';
import { FILE_PREFIX, publicId } from '../../contract/public-ids';
import { fieldName } from '../../dialects/fields';
import { PURPOSES, type StoredFile } from '../../features/files';

const UPLOADED = ['batch', 'user_data'] as const;
const LEAST_SECONDS = 3_600;
const MOST_SECONDS = 2_592_000;
const MAX_NAME = 512;
const FIELDS = new Set(['file', 'purpose', 'expires_after[anchor]', 'expires_after[seconds]']);

export const FileQuery = z.object({
  purpose: z.enum(PURPOSES).optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: z.string().max(100).optional().describe('The id of the last file of the page before.'),
});
export type FileQuery = z.output<typeof FileQuery>;

export const FileView = z.object({
  id: z.string(),
  object: z.literal('file'),
  bytes: z.int(),
  created_at: z.int(),
  expires_at: z.int(),
  filename: z.string(),
  purpose: z.enum(PURPOSES),
  status: z.literal('processed'),
});

export const FilePage = z.object({
  object: z.literal('list'),
  data: z.array(FileView),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
  has_more: z.boolean(),
});

export function fileView(file: StoredFile): z.output<typeof FileView> {
  return {
    id: fileId(file.id),
    object: 'file',
    bytes: file.bytes,
    created_at: seconds(file.createdAt),
    expires_at: seconds(file.expiresAt),
    filename: file.name,
    purpose: file.purpose,
    status: 'processed',
  };
}

export const fileId = (id: string): string => publicId(FILE_PREFIX, id);

/** What a form says of its file. @throws GatewayError `invalid_request` that names the field */
export function termsOf(sent: readonly (readonly [name: string, value: string])[], name: string) {
  const fields = new Map<string, string>();
  for (const [field, value] of sent) {
    if (!FIELDS.has(field)) throw wrong(fieldName(field), 'is not supported here');
    if (fields.has(field)) throw wrong(field, 'is there twice');
    fields.set(field, value);
  }
  const purpose = UPLOADED.find((known) => known === fields.get('purpose'));
  if (!purpose) throw wrong('purpose', `must be one of ${UPLOADED.join(', ')}`);
  const anchor = fields.get('expires_after[anchor]');
  if (anchor !== undefined && anchor !== 'created_at') throw wrong('expires_after.anchor', 'must be created_at');
  const text = fields.get('expires_after[seconds]');
  const keepSeconds = text === undefined ? undefined : /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (keepSeconds !== undefined && !(keepSeconds >= LEAST_SECONDS && keepSeconds <= MOST_SECONDS))
    throw wrong('expires_after.seconds', `must be a whole number from ${LEAST_SECONDS} to ${MOST_SECONDS}`);
  return { purpose, name: name.toWellFormed().replaceAll('\0', '').slice(0, MAX_NAME), keepSeconds };
}

const seconds = (at: Date) => Math.floor(at.getTime() / 1_000);
const wrong = (param: string, problem: string) =>
  new GatewayError('invalid_request', `${param}: ${problem}`, { param });
