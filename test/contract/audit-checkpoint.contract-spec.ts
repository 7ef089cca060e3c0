import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Draft } from '../../src/features/audit/audit-log';
import { parseCheckpoint } from '../../src/features/audit/format/checkpoint';
import { rootOver } from '../../src/features/audit/format/frontier';
import { leafHash } from '../../src/features/audit/format/hashes';
import { verifyNote } from '../../src/features/audit/format/note';
import { verifyInclusion } from '../../src/features/audit/format/proofs';
import { parseTlogProof } from '../../src/features/audit/format/tlog-proof';
import { parseVkey } from '../../src/features/audit/format/vkey';
import { until } from '../support/ask';
import { LogSite, type TestProcess } from '../support/log-site';

const draft = (id: string, event: Draft['facts']['event'] = 'llm.request'): Draft => ({
  facts: { event, request_id: id, tenant: 't' },
});
const many = (count: number): [Draft, ...Draft[]] => [
  draft('0'),
  ...Array.from({ length: count - 1 }, (_, i) => draft(`${i + 1}`)),
];

describe('checkpoints', () => {
  let site: LogSite;

  beforeEach(async () => {
    site = await LogSite.build();
  });
  afterEach(() => site?.close());

  const size = async () => (await site.headers()).length;
  const covers = (process: TestProcess, entries: number) =>
    until(() => Promise.resolve((process.checkpoints.watch.newest?.head.size ?? 0) >= entries || undefined));
  /** As somebody does who may do everything to the database. */
  const tamper = async (...statements: string[]) => {
    await site.admin.query('set session_replication_role = replica');
    for (const table of ['headers', 'batches', 'tiles', 'checkpoints'])
      await site.admin.query(`do $$ declare t record; begin
        for t in select c.oid::regclass as name, g.tgname from pg_trigger g join pg_class c on c.oid = g.tgrelid
                  where not tgisinternal and c.relname like '${table}%' and c.relnamespace = 'audit'::regnamespace
        loop execute format('alter table %s disable trigger %I', t.name, t.tgname); end loop; end $$`);
    for (const statement of statements) await site.admin.query(statement);
  };
  const lift = () =>
    site.admin.query(
      'drop event trigger if exists gatehouse_audit_ddl; drop event trigger if exists gatehouse_audit_drop',
    );

  it('are signed by the log, over the tree of all headers', async () => {
    const process = await site.process();
    for (let i = 0; i < 4; i++) await process.writer.append(...many(200));
    await covers(process, await size());
    const { note, ...head } = parseCheckpoint(process.proofs.checkpoint()!);
    const entries = await site.entries();
    expect(head).toEqual({
      origin: 'log.test/audit',
      size: entries.length,
      root: rootOver(entries.map(({ header }) => leafHash(header))),
    });
    expect(verifyNote(note, [parseVkey(site.signer.current.vkey)])).toHaveLength(1);
    const { rows } = await site.admin.query('select level, n from audit.tiles order by level, n');
    expect(rows).toHaveLength(Math.floor(entries.length / 256));
  });

  it('prove each entry, the youngest too', async () => {
    const process = await site.process();
    await process.writer.append(...many(600));
    const [receipt] = await process.writer.append(draft('young'));
    const text = await process.proofs.proof(receipt!.index!);
    const { index, hashes, checkpoint, extra } = parseTlogProof(text!);
    expect(JSON.parse(extra!.toString())).toMatchObject({ request_id: 'young' });
    expect(verifyInclusion(index, checkpoint.size, leafHash(extra!), hashes, checkpoint.root)).toBe(true);
    expect(await process.proofs.proof(1_000_000)).toBeUndefined();
  });

  it('go on from where another process was killed, within two seconds', async () => {
    const [first, second] = [await site.process(), await site.process()];
    await first.writer.append(...many(300));
    await covers(second, 300);
    await first.die();
    const since = Date.now();
    const [receipt] = await second.writer.append(draft('later'));
    await covers(second, receipt!.index! + 1);
    expect(Date.now() - since).toBeLessThan(2_000);
    expect([first.troubles.reason, second.troubles.reason]).toEqual([undefined, undefined]);
  });

  it('go on after a restart, and say who never closed', async () => {
    const first = await site.process({ audit: { heartbeatSeconds: 1 } });
    await first.writer.append(...many(10));
    await covers(first, 11);
    await first.die();
    const second = await site.process({ dataDir: first.dataDir, audit: { heartbeatSeconds: 1 } });
    const lost = async () =>
      (await site.headers()).find(
        ({ event, metadata }) => event === 'writer.lost' && metadata!['writer'] === first.writer.writer.id,
      );
    await until(lost);
    await covers(second, await size());
    expect(second.troubles.reason).toBeUndefined();
  });

  it('tell of requests whose process died, once', async () => {
    const first = await site.process({ audit: { heartbeatSeconds: 1 } });
    const [answered, unanswered] = await first.writer.append(draft('answered'), draft('unanswered'));
    // each left once more, to be repaired: that is no request of its own
    for (const [request_id, parent] of [
      ['answered', answered!.entryId],
      ['unanswered', unanswered!.entryId],
    ] as const)
      await first.writer.append({ facts: { event: 'llm.request', request_id, parent } });
    await first.writer.append({ facts: { event: 'llm.response', request_id: 'answered', parent: answered!.entryId } });
    await first.die();
    const processes = await Promise.all([1, 2].map(() => site.process({ audit: { heartbeatSeconds: 1 } })));
    const orphans = async () => (await site.headers()).filter(({ event }) => event === 'llm.orphan');
    await until(async () => (await orphans()).length || undefined);
    await processes[0]!.die();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await orphans()).toEqual([
      expect.objectContaining({
        parent: unanswered!.entryId,
        request_id: 'unanswered',
        tenant: 't',
        outcome: 'unknown',
      }),
    ]);
  });

  it('tell of requests that are older than any call', async () => {
    const process = await site.process({ longestCallMs: 300 });
    const [request] = await process.writer.append(draft('old'));
    // its provider may take a day
    const inBatch = { event: 'llm.request', request_id: 'in a batch', compliance_flags: ['batch'] } as const;
    await process.writer.append({ facts: inBatch });
    await until(
      async () =>
        (await site.headers()).find(({ event, parent }) => event === 'llm.orphan' && parent === request!.entryId),
      5_000,
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await site.headers()).filter(({ event }) => event === 'llm.orphan')).toHaveLength(1);
  });

  const attacks: Record<string, { sql: string[]; says: RegExp }> = {
    'a header that was changed before it was signed': {
      sql: [`update audit.headers set headers = replace(headers, 'victim', 'VICTIM')`],
      says: /root is not that of its headers/,
    },
    'a batch that was changed, and its root with it': {
      sql: [
        `update audit.headers set headers = replace(headers, 'victim', 'VICTIM')`,
        `update audit.batches b set root = sha256(('\\x00'::bytea || convert_to(E'gatehouse-audit-entry/v1\\n' || h.headers, 'UTF8')))
           from audit.headers h where h.first_index = b.first_index and h.headers like '%VICTIM%'`,
      ],
      says: /signature is not valid/,
    },
    'a batch that was taken out': {
      sql: [
        `delete from audit.batches where first_index = (select first_index from audit.headers where headers like '%victim%')`,
      ],
      says: /comes the one of index/,
    },
    'a batch of somebody who was not admitted': {
      sql: [
        `select audit.append(gen_random_uuid(), 'w_0123456789012345678901', 1, null, sha256(''), decode(repeat('00', 64), 'hex'), 1, '{"event":"writer.open","metadata":{}}', null)`,
      ],
      says: /does not say who it is/,
    },
  };
  it.each(Object.entries(attacks))('do not cover %s', async (_name, { sql, says }) => {
    const process = await site.process({ audit: { checkpointMs: 1_500 } });
    await covers(process, 1);
    await lift();
    await process.writer.append(draft('victim'));
    await process.writer.append(draft('next'));
    await tamper(...sql);
    await until(() => Promise.resolve(process.troubles.stopped));
    expect(process.troubles.stopped).toMatch(says);
    await expect(process.writer.append(draft('more'))).rejects.toMatchObject({ code: 'audit_unavailable' });
  });

  it('are refused by every process that saw another past, whoever signed them', async () => {
    const [leader, other] = [await site.process(), await site.process()];
    await leader.writer.append(...many(20));
    await other.writer.append(draft('own'));
    await covers(other, 22);
    await leader.close();
    await other.close();
    // the same log with another past: what the operator of the database and the holder of the key could make together
    await lift();
    await tamper(
      `update audit.headers set headers = replace(headers, '"request_id":"7"', '"request_id":"8"')`,
      'delete from audit.checkpoints',
    );
    await expect(site.process({ dataDir: other.dataDir })).rejects.toThrow(/are not those that were seen before/);
  });

  it('stop a start on an old copy of the database, and say what to do', async () => {
    const process = await site.process();
    await process.writer.append(...many(20));
    await covers(process, 21);
    await process.close();
    await lift();
    await tamper(
      'delete from audit.batches where first_index > 1',
      'delete from audit.headers where first_index > 1',
      'delete from audit.checkpoints',
    );
    const start = site.process({ dataDir: process.dataDir });
    await expect(start).rejects.toThrow(/is an old copy.*npm run audit:epoch/s);
    // a process that knows nothing is told by what all share
    const note = process.proofs.checkpoint()!;
    const shared = { read: async () => parseCheckpoint(note), write: async () => undefined };
    await expect(site.process({ shared })).rejects.toThrow(/is an old copy/);
  });

  it('stop a start with a folder of another log, or a mark that cannot be read', async () => {
    const process = await site.process();
    await covers(process, 1);
    await process.close();
    const file = join(process.dataDir, 'audit-head.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('log.test', 'other.test'));
    await expect(site.process({ dataDir: process.dataDir })).rejects.toThrow(/names the wrong one/);
    for (const text of ['{', '{"size":3}', 'null']) {
      writeFileSync(file, text);
      await expect(site.process({ dataDir: process.dataDir })).rejects.toThrow(
        /audit-head\.json cannot be read: .*move the file away/,
      );
    }
  });

  it('are not signed again when what was signed here is gone, even if nothing else remembers', async () => {
    const process = await site.process();
    await process.writer.append(...many(20));
    await covers(process, 21);
    await process.close();
    const signed = JSON.parse(readFileSync(join(process.dataDir, 'audit-signed.json'), 'utf8')) as { size: number };
    expect(signed.size).toBe(await size());
    writeFileSync(
      join(process.dataDir, 'audit-signed.json'),
      JSON.stringify({ ...signed, root: Buffer.alloc(32).toString('base64') }),
    );
    await expect(site.process({ dataDir: process.dataDir })).rejects.toThrow(/are not those/);
  });

  it('keep entries from waiting for ever: without any, calls are refused', async () => {
    const process = await site.process({ audit: { maxUncheckpointedSeconds: 10 } });
    await covers(process, 1);
    await site.admin.query(
      'revoke execute on function audit.publish(bigint, bytea, text, smallint[], bigint[], bytea[]) from gatehouse_audit_checkpointer',
    );
    process.checkpoints.recent.add(1e9, Buffer.alloc(32), Date.now() - 11_000);
    await process.writer.append(draft('uncovered'));
    await until(() => Promise.resolve(/no checkpoint/.exec(process.troubles.reason ?? '') ?? undefined));
    await expect(process.writer.append(draft('refused'))).rejects.toMatchObject({ code: 'audit_unavailable' });
  });
});
