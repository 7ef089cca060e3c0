import { piecesOf } from '../../contract/pieces';
import { NO_USAGE, type Piece, type Reply } from '../../contract/reply';
import type { Template } from '../../platform/config/policies';

const OURS = 'gatehouse';

/** The template's text as the answer to a call, under an id of its own. */
export function templateReply({ name, answer }: Template, id: string): Reply {
  const model = `template/${name}`;
  const piece: Piece = {
    events: [
      { type: 'start', id, model },
      { type: 'text', block: 0, text: answer },
      { type: 'finish', reason: 'stop' },
      { type: 'end', usage: NO_USAGE },
    ],
  };
  return { provider: OURS, model, attempts: 0, dropped: [], pieces: piecesOf([piece]) };
}
