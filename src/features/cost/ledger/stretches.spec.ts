import { uuidv7 } from '../../../contract/ids';
import { CallSource } from './call-source';
import type { Stretch } from './ledger.store';
import { stretches } from './stretches';

const AT = Date.UTC(2026, 10, 20);
const TENANT = uuidv7(AT);
const OPENING = uuidv7(AT);
const PRICES = { version: 'v1', cost: (target: string) => (target === 'openai/gpt' ? 9n : undefined) };
const call = (event: string, over: object = {}) => ({
  event,
  ts: new Date(AT).toISOString(),
  entry_id: uuidv7(AT),
  tenant: TENANT,
  outcome: 'answered',
  ...over,
});

class Log extends CallSource {
  readonly asked: string[] = [];
  constructor(private readonly headers: ReadonlyMap<number, unknown>) {
    super();
  }
  override async *entriesFrom(index: number, to: number) {
    for (const [at, header] of this.headers)
      if (at >= index && at < to) yield await Promise.resolve({ index: at, header });
  }
  override size() {
    return Promise.resolve(100);
  }
  override headerOf(entryId: string) {
    this.asked.push(entryId);
    return Promise.resolve({ event: 'llm.request', metadata: { prompt_characters: 40 } });
  }
  override firstCandidate(model: string) {
    return model === 'fast' ? { provider: 'openai', model: 'gpt' } : undefined;
  }
}

async function read(headers: unknown[], from: number, to: number, together: number): Promise<Stretch[]> {
  const found: Stretch[] = [];
  for await (const stretch of stretches(new Log(new Map(headers.entries())), PRICES, from, to, together))
    found.push(stretch);
  return found;
}

describe('stretches of the log', () => {
  it('follow each other without a gap, and pass over what is no call or was dropped', async () => {
    const headers = [call('llm.response'), undefined, call('llm.refused'), call('llm.request'), call('llm.response')];
    const found = await read(headers, 1, 9, 2);
    expect(found.map(({ from, next, rows, ended }) => [from, next, rows.length, ended.length])).toEqual([
      [1, 3, 0, 1],
      [3, 9, 1, 1],
    ]);
  });

  it('are none where there is nothing new', async () => {
    expect(await read([call('llm.response')], 1, 1, 10)).toEqual([]);
  });

  it('price an unknown call as where it would have gone first', async () => {
    const [stretch] = await read([call('llm.orphan', { parent: OPENING, model: 'fast' })], 0, 1, 10);
    expect(stretch?.rows).toMatchObject([{ outcome: 'unknown', provider: 'openai', providerModel: 'gpt', cost: 9n }]);
    const [other] = await read([call('llm.orphan', { parent: OPENING, model: 'gone' })], 0, 1, 10);
    expect(other?.rows).toMatchObject([{ provider: undefined, cost: undefined }]);
  });
});
