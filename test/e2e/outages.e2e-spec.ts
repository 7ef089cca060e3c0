import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTROLS } from '../../src/api/status/controls';
import { type Cell, cellsOf } from '../../src/api/status/matrix';
import type { Behaviour, Dependency } from '../../src/contract/control';
import { ask, until } from '../support/ask';
import { callsOf } from '../support/audit';
import { type Gateway, startGateway } from '../support/gateway';
import { DOORS } from '../support/inference-doors';
import { type Answer, OutageSite } from '../support/outage-site';
import type { Script } from '../support/upstream';
import { json, says } from '../support/upstream-scripts';

const PATIENCE_MS = 10_000;
const UNRECORDED = { status: 503, body: { error: { code: 'audit_unavailable' } } };
const UNKNOWN = { status: 503, body: { error: { code: 'storage_unavailable' } } };
/** Calls under a hard budget. */
const FUNDED = { 'x-gatehouse-tags': 'funded' };
const FAILS: Script = json({ error: { message: 'out of order' } }, 500);

let site: OutageSite;
/** What was prepared before something was taken away. */
let keys: { seen: string; unseen: string; few: string; one: string; metered: string };
let lonely: Gateway;

const ready = async (url = site.gateway.url) => (await fetch(`${url}/health/ready`)).status;
const healthy = (status: number, gateway = site.gateway) =>
  until(async () => (await ready(gateway.url)) === status || undefined, PATIENCE_MS);
const recovered = async () => {
  await until(async () => (await site.ask('well')).status === 200 || undefined, PATIENCE_MS);
  await healthy(200);
};
/** Nothing at all reaches a provider. */
const unasked = async (headers?: Record<string, string>): Promise<Answer> => {
  site.upstream.answers(says('paid for'));
  const answer = await site.ask('unasked', headers);
  expect(site.upstream.exchanges).toHaveLength(0);
  return answer;
};
const refuses = async (headers?: Record<string, string>): Promise<Behaviour> => {
  const answer = await unasked(headers);
  expect(answer).toMatchObject(UNRECORDED);
  expect(answer.headers.get('retry-after')).toBe('2');
  return 'closed';
};
const readyOnlyInCompany = async (): Promise<Behaviour> => {
  await healthy(503, lonely);
  return (await ready()) === 200 ? 'degraded' : 'closed';
};

/** Whether a key that has room for one call is held to it. */
const oneAtATime = async (key: string): Promise<Behaviour> => {
  const body = { model: 'openai/held', max_tokens: 300, messages: [{ role: 'user', content: 'Hello' }] };
  const asks = () => site.fetch('POST', '/v1/chat/completions', { key, body });
  let release = (): void => undefined;
  const told = new Promise<void>((resolve) => (release = resolve));
  let asked = false;
  site.upstream.answers(async (exchange) => {
    asked = true;
    await told;
    return says('one at a time')(exchange);
  });
  const first = asks();
  await until(() => asked || undefined);
  const second = await asks();
  release();
  const statuses = [(await first).status, second.status, (await asks()).status].join();
  if (statuses === '200,429,200') return 'degraded';
  return statuses === '200,200,200' ? 'open' : 'closed';
};

/** Nothing of the log is shown: neither entries nor what is known of it. */
const showsNothing = async (): Promise<Behaviour> => {
  const asked = await Promise.all(
    ['entries', 'entries/0', 'holds', 'retention', 'verifications', 'keys/rotations'].map(async (path) => {
      const { status, body } = await site.fetch('GET', `/v1/audit/${path}`);
      return [path, status, body['code']].join(' ');
    }),
  );
  expect(asked.filter((answer) => !/ 503 (audit|storage)_unavailable$/.test(answer))).toEqual([]);
  return 'closed';
};

const JOB = { type: 'completion', input: { model: 'openai/job', messages: [{ role: 'user', content: 'Hello' }] } };
/** Neither is a job taken in, nor is one that nobody wrote down begun. */
const takesNoJob = async (): Promise<Behaviour> => {
  site.upstream.answers(says('paid for'));
  const { status, body } = await site.fetch('POST', '/v1/jobs', { body: JOB });
  expect([status, body['code']]).toEqual([503, expect.stringMatching(/^(audit|storage)_unavailable$/)]);
  expect(site.upstream.exchanges).toHaveLength(0);
  return 'closed';
};
/** A job that is taken in now is done all the same, by and by. */
const doesJob = async (meanwhile?: () => void): Promise<Behaviour> => {
  const { status, body } = await site.fetch('POST', '/v1/jobs', { body: JOB });
  if (status !== 202) return 'closed';
  const shown = async () => (await site.fetch('GET', `/v1/jobs/${body['job_id'] as string}`)).body;
  if (meanwhile) {
    await until(async () => Number((await shown())['failures']) > 0 || undefined, PATIENCE_MS);
    meanwhile();
  }
  await until(async () => (await shown())['status'] === 'succeeded' || undefined, PATIENCE_MS);
  return 'degraded';
};

/** Enough of them to be an incident. */
const strangersCome = async (): Promise<void> => {
  for (let i = 0; i < 6; i++) expect((await site.fetch('GET', '/v1/models', { key: 'nobody' })).status).toBe(401);
};
const incidents = () => site.fetch('GET', '/v1/incidents?rule=strangers');

/** Finds out, with the dependency away, what really becomes of a control. */
type Probe = () => Promise<Behaviour>;
const PROBES: { readonly [D in Dependency]: { readonly [control: string]: Probe } } = {
  postgresql: {
    authentication: async () => {
      const [known, unknown] = [
        await site.fetch('GET', '/v1/models', { key: keys.seen }),
        await site.fetch('GET', '/v1/models', { key: keys.unseen }),
      ];
      expect(unknown).toMatchObject(UNKNOWN);
      return known.status === 200 ? 'degraded' : 'closed';
    },
    audit: () => refuses(),
    idempotency: () => refuses({ 'idempotency-key': 'once' }),
    budget: () => refuses(FUNDED),
    jobs: takesNoJob,
    incidents: async () => {
      await strangersCome();
      expect(await incidents()).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
      // that they became one is seen once it is back
      return 'degraded';
    },
    probes: async () => {
      await healthy(503);
      return 'closed';
    },
    administration: async () => {
      const asked = [
        await site.fetch('GET', '/v1/keys'),
        await site.fetch('POST', '/v1/keys', { body: { name: 'x' } }),
        await site.fetch('GET', '/v1/requests/unknown'),
      ];
      expect(asked.map(({ status }) => status)).toEqual([503, 503, 503]);
      expect(asked.map(({ body }) => body['code'])).toEqual([
        'storage_unavailable',
        'audit_unavailable',
        'audit_unavailable',
      ]);
      return 'closed';
    },
    reviewing: async () => {
      expect((await site.fetch('GET', '/v1/audit/checkpoint')).status).toBe(503);
      return showsNothing();
    },
  },
  disk: {
    audit: () => refuses(),
    idempotency: () => refuses({ 'idempotency-key': 'twice' }),
    budget: () => refuses(FUNDED),
    jobs: takesNoJob,
    incidents: async () => {
      const { status, body } = await incidents();
      const [incident] = body['data'] as { id: string }[];
      const act = await site.fetch('POST', `/v1/incidents/${incident!.id}/acknowledge`);
      expect(act).toMatchObject({ status: 503, body: { code: 'audit_unavailable' } });
      return status === 200 ? 'degraded' : 'closed';
    },
    probes: async () => {
      await healthy(503);
      return 'closed';
    },
    administration: async () => {
      const made = await site.fetch('POST', '/v1/keys', { body: { name: 'x' } });
      expect(made).toMatchObject({ status: 503, body: { code: 'audit_unavailable' } });
      return (await site.fetch('GET', '/v1/keys')).status === 200 ? 'degraded' : 'closed';
    },
    reviewing: async () => {
      expect((await site.fetch('GET', '/v1/audit/checkpoint')).status).toBe(200);
      return showsNothing();
    },
  },
  dns: {
    dispatch: async () => {
      for (const door of DOORS) {
        const answer = await ask(site.gateway, door.path, door.ask('nowhere/model', 'Hello', false));
        expect([answer.status, door.error(JSON.parse(answer.text))?.message]).toEqual([
          502,
          expect.stringMatching(/The provider cannot be reached$/),
        ]);
      }
      return (await site.ask('elsewhere')).status === 200 ? 'degraded' : 'closed';
    },
    incidents: async () => {
      await strangersCome();
      await until(async () => {
        const [incident] = (await incidents()).body['data'] as { id: string }[];
        const { body } = await site.fetch('GET', `/v1/incidents/${incident?.id}`);
        const [notice] = (body['notices'] ?? []) as { status: string; tries: { failure: string }[] }[];
        return (notice?.status === 'pending' && notice.tries.some(({ failure }) => failure === 'name')) || undefined;
      }, PATIENCE_MS);
      return 'degraded';
    },
    probes: readyOnlyInCompany,
  },
  provider: {
    dispatch: async () => {
      let asked = 0;
      site.upstream.answers((exchange) => (asked++ ? says('at last')(exchange) : FAILS(exchange)));
      const repaired = await site.ask('recovers');
      expect([repaired.status, repaired.headers.get('x-gatehouse-attempts')]).toEqual([200, '2']);
      site.upstream.answers((exchange) => (exchange.path.includes('messages') ? says('well') : FAILS)(exchange));
      for (const door of DOORS) {
        const answer = await ask(site.gateway, door.path, door.ask('openai/broken', 'Hello', false));
        expect([answer.status, door.error(JSON.parse(answer.text))?.message]).toEqual([
          502,
          expect.stringMatching(/The provider failed with status 500$/),
        ]);
      }
      const other = await ask(site.gateway, DOORS[0]!.path, DOORS[0]!.ask('anthropic/well', 'Hello', false));
      return other.status === 200 ? 'degraded' : 'closed';
    },
    jobs: () => {
      site.upstream.answers(FAILS);
      return doesJob(() => site.upstream.answers(says('in the end')));
    },
    probes: readyOnlyInCompany,
  },
  redis: {
    key_limit: async () => {
      const answers = [];
      for (let i = 0; i < 5; i++) answers.push(await site.fetch('GET', '/v1/models', { key: keys.few }));
      const seen = answers.map(({ status }) => status).join();
      if (seen === '200,200,200,429,429') return 'degraded';
      return seen === '200,200,200,200,200' ? 'open' : 'closed';
    },
    concurrency: () => oneAtATime(keys.one),
    call_limits: () => oneAtATime(keys.metered),
    breaker: async () => {
      site.upstream.answers(FAILS);
      for (let i = 0; i < 8; i++) await site.ask('breaks');
      const { body } = await site.ask('breaks');
      return (body['error'] as { code?: string }).code === 'circuit_open' ? 'degraded' : 'open';
    },
    answers: async () => {
      site.upstream.answers(says('remembered'));
      expect((await site.ask('fades')).status).toBe(200);
      site.upstream.answers(FAILS);
      return (await site.ask('fades')).headers.get('x-gatehouse-degraded') === 'stale' ? 'degraded' : 'open';
    },
    jobs: () => {
      site.upstream.answers(says('by and by'));
      return doesJob();
    },
    probes: async () => {
      const health = (await (await fetch(`${site.gateway.url}/health`)).json()) as object;
      expect(health).toMatchObject({ details: { redis: { status: 'degraded' } } });
      return (await ready()) === 200 ? 'open' : 'closed';
    },
  },
};

/** Ways to fail that have tests of their own. */
const PROVED_ELSEWHERE: readonly [spec: string, title: string][] = [
  ['streams', 'are refused with 502 when it sends %s'],
  ['streams', 'end with an error in the caller’s words when the stream %s'],
  ['hostile-providers', 'hostile answers end in an answer or in 502, never in a fault'],
  ['deadlines', 'to begin its answer as %s is a 504'],
  ['deadlines', 'between two pieces of a stream ends it with an error'],
  ['deadlines', 'to accept a connection is a 502'],
  ['callers', 'keeps serving keys it knows and never calls an unknown key wrong'],
];

const AFFECTED = cellsOf(CONTROLS).filter(({ behaviour }) => behaviour !== 'unaffected');
const nameOf = ({ control, dependency }: Pick<Cell, 'control' | 'dependency'>) => `${control} × ${dependency}`;

/** One test for each cell of the matrix: what is declared is what happens. */
function behavesAsDeclared(dependency: Dependency): void {
  it.each(AFFECTED.filter((cell) => cell.dependency === dependency).map((cell) => [cell.control, cell.behaviour]))(
    `makes %s %s`,
    async (control, behaviour) => {
      expect(await PROBES[dependency][control]?.()).toBe(behaviour);
    },
  );
}

/** `GET /v1/status` as an operator sees it. */
async function expectStatus(status: string, dependency: Dependency): Promise<void> {
  const { body } = await site.fetch('GET', '/v1/status');
  const rows = body['controls'] as (Cell & { now: boolean })[];
  expect(body).toMatchObject({
    status,
    dependencies: expect.arrayContaining([expect.objectContaining({ name: dependency, status: 'down' })]),
  });
  expect(rows.filter((row) => row.dependency === dependency).every(({ now }) => now)).toBe(true);
}
const metric = async (line: string) =>
  (await (await fetch(`${site.gateway.url}/metrics`)).text()).split('\n').includes(line);

describe('when a dependency goes away', () => {
  beforeAll(async () => {
    site = await OutageSite.build();
    keys = {
      seen: await site.newKey(),
      unseen: await site.newKey(),
      few: await site.newKey({ limits: { rpm: 3 } }),
      one: await site.newKey({ limits: { concurrency: 1 } }),
      metered: await site.newKey({ limits: { tpm: 500 } }),
    };
    await site.fetch('GET', '/v1/models', { key: keys.one });
    const budget = { scope: { tag: 'funded' }, limit_usd: 5, period: 'total' };
    const { status } = await site.fetch('POST', '/v1/budgets', { body: budget });
    if (status !== 201) throw new Error(`there is no budget: ${status}`);
    lonely = await site.gateway.another({
      OPENAI_API_KEY: '',
      ANTHROPIC_API_KEY: '',
      LOCAL_BASE_URL: 'http://127.0.0.1:1',
      GATEHOUSE_RUN_JOBS: 'false',
    });
  }, 60_000);
  afterAll(() => site?.close());
  beforeEach(() => site.upstream.answers(says('all is well')));

  it('there is a probe for every cell of the matrix, and for no other', () => {
    const probed = Object.entries(PROBES).flatMap(([dependency, probes]) =>
      Object.keys(probes).map((control) => nameOf({ control, dependency: dependency as Dependency })),
    );
    expect(probed.sort()).toEqual(AFFECTED.map(nameOf).sort());
  });

  it.each(PROVED_ELSEWHERE)('%s proves: %s', (spec, title) => {
    const file = join(__dirname, `${spec}.e2e-spec.ts`);
    expect(existsSync(file) && readFileSync(file, 'utf8').includes(title)).toBe(true);
  });

  describe('PostgreSQL', () => {
    let held: Promise<Answer>;
    beforeAll(async () => {
      await site.fetch('GET', '/v1/models', { key: keys.seen });
      const cut = new Promise<void>((resolve) => {
        site.upstream.answers(async (exchange) => {
          resolve();
          await until(() => site.lines.postgresql.isCut || undefined);
          return says('nobody may see this')(exchange);
        });
      });
      held = site.ask('held', { 'x-request-id': 'held' });
      await cut;
      site.lines.postgresql.cut();
    });

    behavesAsDeclared('postgresql');

    it('withholds an answer whose record cannot be closed', async () => {
      expect(await held).toMatchObject(UNRECORDED);
    });
    it('is refused without the full wait when it is known to be away', async () => {
      expect((await site.ask('again', { 'x-request-id': 'during' })).ms).toBeLessThan(790);
    });
    it('is seen in status, metrics and log', async () => {
      await expectStatus('closed', 'postgresql');
      expect(await metric('dependency_up{dependency="postgresql"} 0')).toBe(true);
      expect(site.gateway.logs()).toMatch(/"dependency":"postgresql",.*"msg":"dependency down"/);
    });
    it('comes back by itself, and nothing went unrecorded', async () => {
      site.lines.postgresql.mend();
      await recovered();
      await until(() => metric('dependency_up{dependency="postgresql"} 1'), PATIENCE_MS);
      const statuses = async () => {
        const calls = await callsOf(site.database.url);
        return ['held', 'during'].map((id) => calls.find(({ request_id }) => request_id === id)?.status);
      };
      await until(async () => (await statuses()).every((status) => status && status !== 'in_progress'), PATIENCE_MS);
      expect(await statuses()).toEqual(['withheld', 'refused']);
    });
    it('is told of the incident that could not be written down', async () => {
      const [incident] = await until(async () => {
        const found = (await incidents()).body['data'] as { began_at: string; opened_at: string }[];
        return found.length ? found : undefined;
      }, PATIENCE_MS);
      expect(Date.parse(incident!.began_at)).toBeLessThan(Date.parse(incident!.opened_at));
      const { body } = await site.fetch('GET', '/v1/incidents?subject=dependency:postgresql');
      expect(body['data']).toHaveLength(1);
    });
  });

  describe('room on its disk', () => {
    beforeAll(() => site.disk.fill());
    afterAll(() => site.disk.empty());

    behavesAsDeclared('disk');

    it('is seen in status and metrics, and is not taken for the database', async () => {
      await expectStatus('closed', 'disk');
      expect(await metric('dependency_up{dependency="disk"} 0')).toBe(true);
      expect(await metric('dependency_up{dependency="postgresql"} 1')).toBe(true);
    });
    it('comes back by itself', async () => {
      await site.disk.empty();
      await recovered();
      await until(() => metric('dependency_up{dependency="disk"} 1'), PATIENCE_MS);
    });
  });

  describe('the name of a provider', () => {
    behavesAsDeclared('dns');
    it('is seen in status', async () => {
      await expectStatus('degraded', 'dns');
    });
  });

  describe('a provider', () => {
    behavesAsDeclared('provider');
    it('is seen in status: closed only where none can be reached', async () => {
      await expectStatus('degraded', 'provider');
      const headers = { authorization: `Bearer ${lonely.rootKey}` };
      const alone = (await (await fetch(`${lonely.url}/v1/status`, { headers })).json()) as object;
      expect(alone).toMatchObject({ status: 'closed' });
    });
  });

  describe('Redis', () => {
    const back = async () => {
      await until(async () => {
        const { body } = await site.fetch('GET', '/v1/status');
        return (body['limits'] as { scope: string }[])[0]?.scope === 'shared' || undefined;
      }, PATIENCE_MS);
    };
    const decidesAtOnce = async () => {
      const first = await site.ask('first');
      expect([first.status, first.ms < 600]).toEqual([200, true]);
      const second = await site.ask('second');
      expect([second.status, second.ms < 300]).toEqual([200, true]);
    };

    describe('that does not answer any more', () => {
      beforeAll(() => site.redis.pause());
      it('is done without at once', decidesAtOnce);
      behavesAsDeclared('redis');
      it('is seen in status', () => expectStatus('degraded', 'redis'));
      it('is shared again when it is back', async () => {
        site.redis.resume();
        await back();
      });
    });

    describe('whose connection breaks and whose name vanishes', () => {
      beforeAll(() => {
        site.names.takeAway();
        site.lines.redis.cut();
      });
      it('is done without at once', decidesAtOnce);
      it('is shared again when it is back', async () => {
        site.lines.redis.mend();
        site.names.giveBack();
        await back();
      });
    });

    describe('that is stopped', () => {
      beforeAll(() => site.redis.stop());
      it('is done without at once', decidesAtOnce);
    });
  });
});

describe('at start', () => {
  it.each([
    ['PostgreSQL', { DATABASE_URL: 'postgres://x@127.0.0.1:1/x' }, 'PostgreSQL at DATABASE_URL does not answer'],
    ['Redis', { REDIS_URL: 'redis://127.0.0.1:1' }, 'REDIS_URL is set but Redis does not answer: connect ECONNREFUSED'],
    ['the name of Redis', { REDIS_URL: 'redis://nowhere.invalid' }, 'REDIS_URL is set but Redis does not answer'],
    ['an address to listen at', { HOST: 'nowhere.invalid' }, 'HOST: getaddrinfo'],
    // nobody may make a folder there, not even root
    [
      'a folder to write to',
      { GATEHOUSE_DATA_DIR: '/sys/gatehouse' },
      'GATEHOUSE_DATA_DIR: /sys/gatehouse cannot be used',
    ],
  ])('%s must be there, or the gateway says what is missing and ends', async (_what, env, message) => {
    await expect(startGateway({ env })).rejects.toThrow(message);
  });
});
