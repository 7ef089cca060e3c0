import { createHash } from 'node:crypto';
import type { Fields } from './fields';

const TAKEN = /^[\w.:|-]{1,64}$/;
const TELEPHONE = /^[\d.-]{7,}$/;

/**
 * How a vendor is told whom a call is for. Vendors refuse long names and whatever looks like an e-mail address or a
 * telephone number: those become a digest, the same for the same user.
 */
export function endUser(name: string): string {
  return TAKEN.test(name) && !TELEPHONE.test(name) ? name : createHash('sha256').update(name).digest('hex');
}

/** Whom a call of one of OpenAI's dialects is for: `safety_identifier` has taken the place of `user`. */
export function openAiUser(fields: Fields): string | undefined {
  const user = fields.string('user');
  if (user) return user;
  const identifier = fields.raw('safety_identifier');
  return typeof identifier === 'string' && identifier ? identifier : user;
}
