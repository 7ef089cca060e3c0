import { CODECS } from '../../dialects/codecs';
import type { Decode } from './trim/conversation';

/** @throws Error for a call that was made here: it has no body */
export const decodeBody: Decode = ({ dialect, body }) => {
  if (dialect === 'internal') throw new Error('a call that was made here has no body');
  return CODECS[dialect].decodeRequest(body);
};
