import { readdirSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Draft, Receipt } from '../../src/features/audit/audit-log';
import { DatabaseDevice } from '../../src/features/audit/log/append/database-device.store';
import { LogWriter } from '../../src/features/audit/log/append/log-writer';
import { newWriter } from '../../src/features/audit/log/append/writer-identity';
import { Spool } from '../../src/features/audit/log/spool/assemble';
import { Troubles } from '../../src/features/audit/log/troubles';
import { auditConnection } from '../../src/platform/database/audit-connection';
import { until } from '../support/ask';
import { Cable } from '../support/cable';
import { LogSite } from '../support/log-site';

const draft = (id: string): Draft => ({
  facts: { event: 'llm.request', request_id: id, tenant: 't' },
  payload: { text: id },
});

describe('the spool beside PostgreSQL', () => {
  let site: LogSite;
  let cable: Cable;

  beforeAll(async () => {
    site = await LogSite.build();
    cable = await Cable.to(new URL(site.database.url));
  });
  afterEach(() => cable.mend());
  afterAll(async () => {
    cable?.close();
    await site?.close();
  });

  const start = async (dataDir: string) => {
    const identity = newWriter();
    const connect = () => auditConnection(cable.through(new URL(site.database.url)), 'writer', 'audit-append');
    const database = new DatabaseDevice({ connect });
    const troubles = new Troubles();
    const problems: (Error | undefined)[] = [];
    const spool = new Spool({
      dataDir,
      maxBytes: 1e8,
      appendMs: 2_000,
      writerId: identity.id,
      database,
      second: new DatabaseDevice({ connect }),
      troubles,
      writer: () => writer,
      onDepth: () => undefined,
      onProblem: (error) => problems.push(error),
    });
    const writer: LogWriter = new LogWriter({
      identity,
      signer: site.signer,
      keys: site.keys.dataKeys,
      device: spool.device,
      troubles,
      bounds: { entries: 10_000, bytes: 1e8 },
      appendMs: 2_000,
      away: () => false,
      floor: () => 0,
      heartbeatMs: 0,
    });
    await writer.open();
    spool.start();
    const close = async () => {
      await writer.close(2_000);
      await spool.close();
    };
    return { writer, spool, troubles, problems, close, identity };
  };
  const about = async (event: string, writer: string) =>
    (await site.headers()).filter((header) => header.event === event && header.metadata?.['writer'] === writer);

  it('makes entries durable while the database is away, and brings them in in order when it is back', async () => {
    const process = await start(mkdtempSync(join(site.folder, 'data-')));
    await process.writer.append(draft('before'));
    cable.cut();
    const spooled: Receipt[] = [];
    for (let i = 0; i < 20; i++) spooled.push(...(await process.writer.append(draft(`away-${i}`))));
    expect(spooled.map(({ index }) => index)).toEqual(spooled.map(() => undefined));
    cable.mend();
    const [late] = await until(async () => {
      const found = await about('audit.late', process.identity.id);
      return found.length ? found : undefined;
    });
    expect(late!.metadata).toMatchObject({ entries: 20, batches: 20 });
    const [after] = await process.writer.append(draft('after'));
    const headers = await site.headers();
    expect(headers[after!.index!]!.request_id).toBe('after');
    const order = headers.filter(({ writer }) => writer === process.identity.id).map(({ request_id: id }) => id);
    expect(order.filter(Boolean)).toEqual(['before', ...spooled.map((_, i) => `away-${i}`), 'after']);
    expect(headers.find(({ entry_id: id }) => id === spooled[0]!.entryId)).toBeDefined();
    await process.close();
    expect(process.troubles.reason).toBeUndefined();
  }, 60_000);

  it('is brought in by the next process when its own died meanwhile', async () => {
    const dataDir = mkdtempSync(join(site.folder, 'data-'));
    const first = await start(dataDir);
    cable.cut();
    const spooled: Receipt[] = [];
    for (let i = 0; i < 5; i++) spooled.push(...(await first.writer.append(draft(`died-${i}`))));
    first.writer.appender.close();
    await first.spool.close(); // the file stays
    cable.mend();
    const second = await start(dataDir);
    const [late] = await until(async () => {
      const found = await about('audit.late', first.identity.id);
      return found.length ? found : undefined;
    }, 15_000);
    expect(late!.metadata).toEqual({ writer: first.identity.id, batches: 5, entries: 5, taken_over: true });
    const ids = (await site.headers()).map(({ entry_id: id }) => id);
    for (const { entryId } of spooled) expect(ids.filter((id) => id === entryId)).toHaveLength(1);
    await second.close();
    expect(readdirSync(join(dataDir, 'audit-spool'))).toEqual([]);
    expect(second.problems.filter(Boolean)).toEqual([]);
  }, 60_000);
});
