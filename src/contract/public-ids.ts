import { isUuid } from './ids';

export const FILE_PREFIX = 'file-';
export const BATCH_PREFIX = 'batch_';

/** An id as OpenAI's clients know ids: a word for what it names, and 32 hexadecimal digits. */
export const publicId = (prefix: string, uuid: string): string => prefix + uuid.replaceAll('-', '');

/** The other way round; undefined when it is no such id. */
export function uuidOf(prefix: string, id: string): string | undefined {
  const hex = id.startsWith(prefix) ? id.slice(prefix.length) : '';
  if (hex.length !== 32) return undefined;
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  return isUuid(uuid) ? uuid.toLowerCase() : undefined;
}
