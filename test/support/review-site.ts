import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { Draft } from '../../src/features/audit/audit-log';
import { until } from './ask';
import { AuditReplica } from './audit-replica';
import { Cable } from './cable';
import { testDatabase, type TestDatabase } from './database';
import { type Gateway, startGateway } from './gateway';

export interface ReviewAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, any>; // oxlint-disable-line typescript/no-explicit-any
}
export interface ReviewEntry {
  readonly index: number;
  readonly entry_id: string;
  readonly event: string;
  readonly actor?: string;
  readonly metadata: Record<string, unknown>;
  readonly [name: string]: unknown;
}

type Who = 'ann' | 'ben' | 'officer' | 'chief' | 'client' | 'spy' | 'boss';
const PEOPLE: readonly [who: Who, of: 'acme' | 'rival' | undefined, roles: string[]][] = [
  ['ann', 'acme', ['auditor']],
  ['ben', 'acme', ['auditor']],
  ['officer', undefined, ['admin', 'auditor']],
  ['chief', undefined, ['admin', 'auditor']],
  ['boss', 'acme', ['admin', 'auditor']],
  ['client', 'acme', ['client']],
  ['spy', 'rival', ['auditor', 'admin']],
];
const ROOT = `gh_${randomBytes(32).toString('base64url')}`;
const settings = 'audit: { approvalHours: 1, checkpointMs: 200 }';

/** A gateway with two tenants and everybody who may look at their log, or may not; and a second writer beside it. */
export class ReviewSite {
  readonly keys = {} as Record<Who, { readonly id: string; readonly key: string }>;
  acme = '';
  rival = '';

  private constructor(
    readonly database: TestDatabase,
    /** Between the gateway and its database. */
    readonly cable: Cable,
    /** Past the gateway, as a superuser. */
    readonly admin: Client,
    private readonly masterKey: Buffer,
    public gateway: Gateway,
    public replica: AuditReplica,
  ) {}

  static async build(): Promise<ReviewSite> {
    const masterKey = randomBytes(32);
    const database = await testDatabase();
    const cable = await Cable.to(new URL(database.url));
    const env = {
      DATABASE_URL: cable.through(new URL(database.url)),
      GATEHOUSE_ROOT_KEY: ROOT,
      GATEHOUSE_MASTER_KEY: masterKey.toString('base64'),
    };
    const gateway = await startGateway({ env, settings });
    const replica = await AuditReplica.join(database.url, masterKey);
    const url = new URL(process.env['GATEHOUSE_TEST_SERVER'] ?? '');
    url.pathname = new URL(database.url).pathname;
    const admin = new Client(url.href);
    await admin.connect();
    const site = new ReviewSite(database, cable, admin, masterKey, gateway, replica);
    site.acme = (await site.call(ROOT, 'POST', '/tenants', { name: 'acme' })).body['id'] as string;
    site.rival = (await site.call(ROOT, 'POST', '/tenants', { name: 'rival' })).body['id'] as string;
    for (const [name, of, roles] of PEOPLE) {
      const made = await site.call(ROOT, 'POST', '/keys', { name, roles, ...(of && { tenant: site[of] }) });
      site.keys[name] = made.body as { id: string; key: string };
    }
    return site;
  }

  async call(key: string, method: string, path: string, body?: object): Promise<ReviewAnswer> {
    const response = await fetch(`${this.gateway.url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const json = type.includes('json') && !type.includes('ndjson');
    return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : {} };
  }

  get(key: string, path: string): Promise<ReviewAnswer> {
    return this.call(key, 'GET', `/audit${path}`);
  }

  post(key: string, path: string, body: object = {}): Promise<ReviewAnswer> {
    return this.call(key, 'POST', `/audit${path}`, body);
  }

  async search(key: string, query: string): Promise<ReviewEntry[]> {
    const answer = await this.get(key, `/entries?${query}`);
    if (answer.status !== 200) throw new Error(`${query} was answered ${answer.status}: ${answer.text}`);
    return answer.body['data'] as ReviewEntry[];
  }

  /** More entries than a tile has. */
  async fill(): Promise<void> {
    const draft: Draft = { facts: { event: 'access.login', tenant: this.acme } };
    for (let i = 0; i < 3; i++) await this.replica.log.append(draft, ...Array.from({ length: 99 }, () => draft));
  }

  /** A checkpoint covers everything that is there now. */
  async signed(): Promise<void> {
    const { rows } = await this.admin.query<{ size: string }>('select max(first_index + n) as size from audit.batches');
    await until(async () => {
      const { rows: heads } = await this.admin.query<{ size: string }>(
        'select max(size) as size from audit.checkpoints',
      );
      return Number(heads[0]?.size) >= Number(rows[0]?.size) || undefined;
    });
  }

  /** Whatever the log says, read past the gateway. */
  async newest(event: string): Promise<ReviewEntry | undefined> {
    const { rows } = await this.admin.query<{ headers: string; first_index: string }>(
      'select first_index, headers from audit.headers order by first_index desc limit 200',
    );
    for (const { headers, first_index } of rows) {
      const found = headers.split('\n').flatMap((text, i) => {
        const header = JSON.parse(text) as ReviewEntry;
        return header.event === event ? [{ ...header, index: Number(first_index) + i }] : [];
      });
      if (found[0]) return found[0];
    }
    return undefined;
  }

  /** One call of a person, as the pipeline writes it down. */
  async interaction(tenant: string, user: string, facts: Partial<Draft['facts']> = {}, said = 'the answer') {
    const subject = await this.replica.keys.subjects.reference(tenant, user);
    const common = {
      tenant,
      actor: this.keys.client.id,
      user_id: subject,
      request_id: `r-${randomBytes(4).toString('hex')}`,
    };
    const [asked] = await this.replica.log.append({
      subject,
      facts: { event: 'llm.request', model: 'fast', ...common, ...facts },
      payload: { request: { body: { messages: [{ role: 'user', content: 'my secret question' }] } } },
      commit: { prompt: 'p' },
    });
    const [answered] = await this.replica.log.append({
      subject,
      facts: {
        event: 'llm.response',
        model: 'fast',
        model_resolved: 'sandbox/echo',
        provider: 'sandbox',
        outcome: 'answered',
        cost_micros: '1500',
        compliance_flags: ['degraded.stale'],
        metadata: { attempts: 1 },
        parent: asked?.entryId as string,
        policy: { pii: 'abc' },
        ...common,
        ...facts,
      },
      payload: { response: { choices: [{ text: said }] } },
      commit: { response: said },
    });
    return { ...common, asked: asked?.entryId as string, answered: answered?.entryId as string };
  }

  /** Everybody who writes leaves, and others come. */
  async replaceWriters(): Promise<void> {
    await Promise.all([this.gateway.stop(), this.replica.close()]);
    this.gateway = await this.gateway.another();
    this.replica = await AuditReplica.join(this.database.url, this.masterKey);
  }

  async close(): Promise<void> {
    await this.replica.close();
    await this.admin.end();
    await this.gateway.close();
    this.cable.close();
    await this.database.drop();
  }
}
