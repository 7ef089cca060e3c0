import { NO_USAGE, type Piece, type Reply } from '../contract/reply';
import { sealedReply } from './sealed-reply';

const piece = (text: string): Piece => ({ events: [{ type: 'text', block: 0, text }] });
const end: Piece = { events: [{ type: 'end', usage: NO_USAGE }] };

function reply(pieces: readonly Piece[], log: string[]): Reply {
  async function* stream(): AsyncGenerator<Piece> {
    for (const next of pieces) {
      log.push('made');
      yield next;
    }
    log.push('over');
  }
  return { provider: 'p', model: 'm', attempts: 1, dropped: [], pieces: stream() };
}

it('hands out nothing before everything is there', async () => {
  const log: string[] = [];
  const seen: Piece[] = [];
  for await (const next of sealedReply(reply([piece('a'), piece('b'), end], log), 1_000).pieces) {
    log.push('seen');
    seen.push(next);
  }
  expect(log).toEqual(['made', 'made', 'made', 'over', 'seen', 'seen', 'seen']);
  expect(seen).toEqual([piece('a'), piece('b'), end]);
});

it('refuses an answer that is too large to hold back, and shows none of it', async () => {
  const seen: Piece[] = [];
  const read = async () => {
    for await (const next of sealedReply(reply([piece('12345'), piece('67890'), end], []), 8).pieces) seen.push(next);
  };
  await expect(read()).rejects.toMatchObject({ code: 'audit_unavailable' });
  expect(seen).toEqual([]);
});
