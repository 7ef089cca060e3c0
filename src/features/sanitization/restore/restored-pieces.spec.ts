import { Random } from '../../../../test/support/hostile/random';
import { RESTORED_DIALECTS, restoreRounds } from '../../../../test/support/restore-rounds';
import type { Piece, ReplyEvent } from '../../../contract/reply';
import { NO_USAGE } from '../../../contract/reply';
import { CODECS } from '../../../dialects/codecs';
import { SseSplitter } from '../../../dialects/sse';
import { TokenVault } from '../tokens/vault';
import { restoredPieces } from './restored-pieces';
import { restoredText } from './stream-restorer';

const vault = new TokenVault(Buffer.alloc(32, 1));
const token = vault.mint('BR_CPF', '529.982.247-25');
const text = (said: string, block = 0): ReplyEvent => ({ type: 'text', block, text: said });

async function restored(events: readonly ReplyEvent[], names = new Map<string, string>()): Promise<ReplyEvent[]> {
  // eslint-disable-next-line @typescript-eslint/require-await -- pieces are asynchronous wherever they come from
  async function* pieces(): AsyncGenerator<Piece> {
    for (const event of events)
      yield { events: [event], wire: { dialect: 'openai-chat', format: 'sse', bytes: Buffer.alloc(0) } };
  }
  const found: ReplyEvent[] = [];
  for await (const piece of restoredPieces(pieces(), vault, names)) {
    expect(piece.wire).toBeUndefined();
    found.push(...piece.events);
  }
  return found;
}

describe('restoredPieces', () => {
  it.each(RESTORED_DIALECTS)('gives of %s streams cut anywhere what the whole text gives', async (dialect) => {
    const seed = Number(process.env['SEED'] ?? 20261128);
    const round = restoreRounds({ CODECS, SseSplitter, TokenVault, restoredPieces, restoredText }, new Random(seed));
    for (let i = 0; i < 500; i++) {
      const found = await round(dialect);
      if (found) throw new Error(`seed ${seed}: ${JSON.stringify(found)}`);
    }
  });

  it('lets go of what it held back when its text is over', async () => {
    const end: ReplyEvent[] = [
      { type: 'finish', reason: 'stop' },
      { type: 'end', usage: NO_USAGE },
    ];
    expect(await restored([text('a [['), ...end])).toEqual([text('a '), text('[['), ...end]);
    expect(await restored([text('a [['), text('b', 1), ...end])).toEqual([
      text('a '),
      text('[['),
      text('b', 1),
      ...end,
    ]);
  });

  it('keeps the texts of choices and blocks apart', async () => {
    const other = (said: string): ReplyEvent => ({ type: 'text', choice: 1, block: 0, text: said });
    const [half, rest] = [token.slice(0, 6), token.slice(6)];
    const events = await restored([text(half), other('[[CPF_'), text(rest), other('n o')]);
    expect(events).toEqual([text('529.982.247-25'), other('[[CPF_n o')]);
  });

  it('hands out no half of a token when the answer breaks off', async () => {
    expect(await restored([text(`x ${token.slice(0, 6)}`)])).toEqual([text('x ')]);
  });

  it('gives calls of tools their names back', async () => {
    const call: ReplyEvent = { type: 'tool_call', block: 0, id: 'CPF_1234', name: 'EMAIL_1234' };
    const names = new Map([
      ['CPF_1234', 'call_52998224725'],
      ['EMAIL_1234', 'mail_ana'],
    ]);
    expect(await restored([call], names)).toEqual([{ ...call, id: 'call_52998224725', name: 'mail_ana' }]);
  });

  it('recognises altered tokens in an answer that is given as a whole, and counts', async () => {
    const altered = text(`[${token.slice(2, -1)} [[CPF_ZZZZ]]`);
    const end: ReplyEvent[] = [{ type: 'end', usage: NO_USAGE }];
    // eslint-disable-next-line @typescript-eslint/require-await -- pieces are asynchronous wherever they come from
    async function* pieces(): AsyncGenerator<Piece> {
      yield { events: [altered, ...end] };
    }
    const tally = { values: 0, misses: 0 };
    const heard: ReplyEvent[] = [];
    for await (const { events } of restoredPieces(pieces(), vault, new Map(), { whole: true, tally }))
      heard.push(...events);
    expect(heard).toEqual([text('529.982.247-25 [[CPF_ZZZZ]]'), ...end]);
    expect(tally).toEqual({ values: 1, misses: 1 });
  });
});
