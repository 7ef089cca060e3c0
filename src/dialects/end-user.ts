import { createHash } from 'node:crypto';

const TAKEN = /^[\w.:|-]{1,64}$/;
const TELEPHONE = /^[\d.-]{7,}$/;

/**
 * How a vendor is told whom a call is for. Vendors refuse long names and whatever looks like an e-mail address or a
 * telephone number: those become a digest, the same for the same user.
 */
export function endUser(name: string): string {
  return TAKEN.test(name) && !TELEPHONE.test(name) ? name : createHash('sha256').update(name).digest('hex');
}
