import { until } from '../support/ask';
import { type Gateway, startGateway } from '../support/gateway';
import { query } from '../support/query';
import { Upstream } from '../support/upstream';
import { says } from '../support/upstream-scripts';

const GPT = 'openai/gpt-4o';
const UNKNOWN = 404;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, any>; // oxlint-disable-line typescript/no-explicit-any
}

/** What a person or tenant is erased of beside the log. */
describe('an erasure', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  let made = 0;

  beforeAll(async () => {
    upstream = await Upstream.start();
    gateway = await startGateway({ env: upstream.env, settings: 'jobs: { leaseMs: 1500 }' });
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });
  beforeEach(() => upstream.answers(says('a secret answer')));

  const api = async (key: string, method: string, path: string, body?: object, more: object = {}): Promise<Answer> => {
    const isForm = body instanceof FormData;
    const response = await fetch(gateway.url + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body && !isForm && { 'content-type': 'application/json' }),
        ...more,
      },
      ...(body && { body: isForm ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const { status, headers } = response;
    return { status, headers, text, body: text.startsWith('{') && !text.includes('\n{') ? JSON.parse(text) : {} };
  };

  /** A tenant with a caller and two administrators. */
  async function site() {
    const tenant = (await api(gateway.rootKey, 'POST', '/v1/tenants', { name: `erased ${++made}` })).body[
      'id'
    ] as string;
    const keyOf = async (...roles: string[]) =>
      (await api(gateway.rootKey, 'POST', '/v1/keys', { name: 'key', tenant, roles })).body['key'] as string;
    return { tenant, key: await keyOf('client'), officer: await keyOf('admin'), chief: await keyOf('admin') };
  }
  type Site = Awaited<ReturnType<typeof site>>;

  const chat = (content: string, more: object = {}) => ({ model: GPT, messages: [{ role: 'user', content }], ...more });
  const named = (key: string, name: string, user: string) =>
    api(key, 'POST', '/v1/chat/completions', chat(`about ${user}`, { user }), { 'idempotency-key': name });
  const jobOf = async (key: string, body: object, more: object = {}, terms: object = {}) => {
    const { body: taken } = await api(key, 'POST', '/v1/jobs', { type: 'completion', input: body, ...terms }, more);
    return taken['job_id'] as string;
  };
  const shown = (key: string, path: string) => api(key, 'GET', path);
  const ended = (key: string, path: string, status: string) =>
    until(async () => {
      const { body } = await shown(key, path);
      return body['status'] === status ? body : undefined;
    }, 15_000);
  async function upload(key: string, users: readonly (string | undefined)[], more: object = {}) {
    const lines = users.map((user, i) =>
      JSON.stringify({
        custom_id: `line ${i}`,
        method: 'POST',
        url: '/v1/chat/completions',
        body: chat(`about ${user}`, user === undefined ? {} : { user }),
      }),
    );
    const form = new FormData();
    form.set('purpose', 'batch');
    form.set('file', new Blob([lines.join('\n')]), 'calls.jsonl');
    return (await api(key, 'POST', '/v1/files', form, more)).body['id'] as string;
  }
  async function batch(key: string, input: string, more: object = {}) {
    const asked = { input_file_id: input, endpoint: '/v1/chat/completions', completion_window: '24h' };
    const { body } = await api(key, 'POST', '/v1/batches', asked, more);
    const done = await ended(key, `/v1/batches/${body['id']}`, 'completed');
    return { id: body['id'] as string, output: done['output_file_id'] as string };
  }
  const content = (key: string, file: string) => shown(key, `/v1/files/${file}/content`);

  async function shred({ officer, chief }: Pick<Site, 'officer' | 'chief'>, path: string): Promise<Answer> {
    const ask = () => api(officer, 'POST', `/v1/audit/${path}/shred`, { basis: 'GDPR 17(1)(b)' });
    const asked = await ask();
    expect(asked.status).toBe(202);
    expect((await api(chief, 'POST', `/v1/audit/approvals/${asked.body['approval']}/approve`)).status).toBe(200);
    return ask();
  }
  const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status);

  it('of a person leaves nothing of it to be read through the gateway, and what is others’ as it was', async () => {
    const at = await site();
    const { key } = at;
    const [ann, bob] = ['ann@people.example', 'bob@people.example'];
    for (const user of [ann, bob]) expect((await named(key, `call ${user}`, user)).status).toBe(200);
    const jobs = [
      await jobOf(key, chat('about ann', { user: ann })),
      await jobOf(key, chat('about ann'), { 'x-user-id': ann }),
    ];
    const others = await jobOf(key, chat('about bob', { user: bob }), { 'idempotency-key': 'job of bob' });
    for (const id of [...jobs, others]) await ended(key, `/v1/jobs/${id}`, 'succeeded');
    const [mixed, own, unread, sentFor] = [
      await upload(key, [bob, ann]),
      await upload(key, [bob, undefined]),
      await upload(key, [ann]),
      await upload(key, [undefined], { 'x-user-id': ann }),
    ];
    const [of, ofBob] = [await batch(key, mixed), await batch(key, own)];
    const later = await batch(key, await upload(key, [undefined]), { 'x-user-id': ann });
    const gate = Promise.withResolvers<void>();
    upstream.answers(async (exchange) => {
      await gate.promise;
      await says('a secret answer')(exchange);
    });
    const running = await jobOf(key, chat('about ann', { user: ann }));
    const waiting = await jobOf(
      key,
      chat('x', { user: ann }),
      {},
      { run_at: new Date(Date.now() + 60_000).toISOString() },
    );
    const hanging = named(key, 'hanging', ann);
    await until(() => upstream.open === 2 || undefined);
    expect((await content(key, of.output)).text).toContain('a secret answer');

    const done = await shred(at, `subjects/${encodeURIComponent(ann)}`);
    expect(done.status).toBe(200);
    // two single ones, two batches, one that ran, one that waited
    expect(done.body['purged']).toMatchObject({ jobs: 6, files: 6 });
    expect(done.body['purged']['idempotent_answers']).toBeGreaterThanOrEqual(2);
    const files = [mixed, unread, sentFor, of.output, later.output];
    expect(
      statuses([
        ...(await Promise.all([...jobs, running, waiting].map((id) => shown(key, `/v1/jobs/${id}`)))),
        ...(await Promise.all([of, later].map(({ id }) => shown(key, `/v1/batches/${id}`)))),
        ...(await Promise.all(files.map((id) => content(key, id)))),
      ]),
    ).toEqual(Array.from({ length: 11 }, () => UNKNOWN));
    // the call of the job is cut; the one that is waited for is answered, and nothing is kept of it
    await until(() => upstream.open === 1 || undefined);
    gate.resolve();
    expect((await hanging).text).toContain('a secret answer');
    expect((await named(key, 'hanging', ann)).headers.get('idempotent-replayed')).toBeNull();
    upstream.answers(says('another answer'));
    const anew = await named(key, `call ${ann}`, ann);
    expect([anew.headers.get('idempotent-replayed'), anew.text]).toEqual([null, expect.stringContaining('another')]);
    expect((await shown(key, `/v1/jobs/${running}`)).status).toBe(UNKNOWN);

    const replayed = await named(key, `call ${bob}`, bob);
    expect([replayed.headers.get('idempotent-replayed'), replayed.text]).toEqual([
      'true',
      expect.stringContaining('a secret answer'),
    ]);
    expect((await shown(key, `/v1/jobs/${others}`)).text).toContain('a secret answer');
    expect((await content(key, ofBob.output)).text).toContain('a secret answer');
    const { text } = await shown(key, '/v1/jobs');
    expect(text).toContain(others);
    for (const table of ['job_persons', 'file_persons', 'idempotent_answers'])
      expect(JSON.stringify(await query(gateway.databaseUrl, `select * from ${table}`))).not.toContain(
        'people.example',
      );
  }, 60_000);

  it('is possible of somebody of whom there is a file alone, and of nobody who is not known at all', async () => {
    const at = await site();
    const file = await upload(at.key, ['eve']);
    const nobody = await api(at.officer, 'POST', '/v1/audit/subjects/nobody/shred', { basis: 'GDPR 17(1)(b)' });
    expect(nobody.status).toBe(404);
    expect((await shred(at, 'subjects/eve')).body['purged']).toMatchObject({ files: 1 });
    expect((await content(at.key, file)).status).toBe(UNKNOWN);
  });

  it('of a tenant leaves nothing of anybody, and other tenants as they were', async () => {
    const [at, neighbour] = [await site(), await site()];
    const kept = new Map<string, readonly [job: string, file: string, output: string]>();
    for (const { key } of [at, neighbour]) {
      await named(key, 'one', 'ann');
      const job = await jobOf(key, chat('about nobody'));
      await ended(key, `/v1/jobs/${job}`, 'succeeded');
      const file = await upload(key, [undefined]);
      kept.set(key, [job, file, (await batch(key, file)).output]);
    }
    const [officer, chief] = await Promise.all(
      [0, 1].map(async () => {
        const { body } = await api(gateway.rootKey, 'POST', '/v1/keys', { name: 'root', roles: ['admin'] });
        return body['key'] as string;
      }),
    );
    const done = await shred({ officer: officer as string, chief: chief as string }, `tenants/${at.tenant}`);
    expect(done.body['purged']).toMatchObject({ jobs: 2, files: 2 });
    const left = async ({ key }: Site) => {
      const [job = '', file = '', output = ''] = kept.get(key) ?? [];
      const found = [await shown(key, `/v1/jobs/${job}`), await content(key, file), await content(key, output)];
      const again = await named(key, 'one', 'ann');
      return [...statuses(found), again.headers.get('idempotent-replayed')];
    };
    expect(await left(at)).toEqual([UNKNOWN, UNKNOWN, UNKNOWN, null]);
    expect(await left(neighbour)).toEqual([200, 200, 200, 'true']);
  }, 60_000);
});
