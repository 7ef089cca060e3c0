import { Client } from 'pg';
import { type ViewRow, VIEW_SQL, viewOf } from '../../src/features/records/request-view';
import { closeStatement, openStatement } from '../../src/features/records/statements';
import type { CloseRow, OpenRow } from '../../src/features/records';
import { uuidv7 } from '../../src/contract/ids';
import { testDatabase, type TestDatabase } from '../support/database';

const createdAt = new Date();

function opened(requestId: string): OpenRow {
  return {
    id: uuidv7(),
    createdAt,
    requestId,
    tenantId: uuidv7(),
    keyId: uuidv7(),
    userRef: null,
    sessionRef: null,
    operation: 'chat',
    dialect: 'openai-chat',
    stream: false,
    promptHash: Buffer.alloc(32),
    promptCharacters: 1,
  };
}

function closed(id: string, over: Partial<CloseRow>): CloseRow {
  return {
    id,
    createdAt,
    status: 'answered',
    model: 'm',
    provider: 'p',
    providerModel: 'm',
    providerRequestId: null,
    errorCode: null,
    finishReason: 'stop',
    usage: null,
    costMicros: null,
    attempts: 1,
    dropped: [],
    degraded: null,
    cache: null,
    tried: null,
    repeated: false,
    firstTokenMs: null,
    upstreamMs: null,
    latencyMs: 1,
    closedAt: createdAt,
    ...over,
  };
}

describe('the record of a call', () => {
  let database: TestDatabase;
  let client: Client;
  beforeAll(async () => {
    database = await testDatabase();
    client = new Client(database.url);
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  const viewed = async (requestId: string) => {
    const { rows } = await client.query<ViewRow>(VIEW_SQL, [requestId, null]);
    return viewOf(rows[0]!, 1_000);
  };

  it('says who answered in place of the model and what was tried, each for itself', async () => {
    const rows = ['plain', 'stale', 'hostile'].map(opened);
    await client.query(openStatement(rows));
    const [plain, stale, hostile] = rows.map(({ id }) => id);
    const tried = [
      { provider: 'p', model: 'm', key: 1, code: 'overloaded', ms: 12 },
      { provider: 'q', model: null, code: 'model_not_found', ms: 3 },
    ] as const;
    const strange = `",{}\\ 'x' \0 \ud800 é NULL`;
    await client.query(
      closeStatement([
        closed(plain!, { cache: 'bypass' }),
        closed(stale!, { degraded: 'stale', cache: 'stale', tried, dropped: ['a', 'b'] }),
        closed(hostile!, { tried: [{ provider: 'p', model: strange, code: 'overloaded', ms: 1 }] }),
      ]),
    );
    expect(await viewed('plain')).toMatchObject({ degraded: null, cache: 'bypass', tried: null, dropped: [] });
    expect(await viewed('stale')).toMatchObject({ degraded: 'stale', cache: 'stale', tried, dropped: ['a', 'b'] });
    expect((await viewed('hostile')).tried?.[0]?.model).toBe(`",{}\\ 'x' \ufffd \ufffd é NULL`);
  });
});
