import { type Fields, invalid } from '../fields';

const STORED = ['previous_response_id', 'conversation', 'prompt'];

/** What cannot be honoured where no response, conversation or prompt is kept between calls, whoever answers. */
export function refuseStored(fields: Fields): void {
  if (fields.boolean('store')) throw invalid('store', 'responses are not stored here: leave it out or send false');
  if (fields.boolean('background'))
    throw invalid('background', 'background responses are not stored here: leave it out or send false');
  for (const key of STORED)
    if (fields.raw(key) !== undefined)
      throw invalid(key, 'nothing is stored between calls here: send the whole conversation as input');
}
