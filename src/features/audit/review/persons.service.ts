import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import { KeyedHash } from '../../../platform/secrets/keyed-hash';
import { Config } from '../../../platform/config/config';
import { Subjects } from '../keys/data-keys';
import type { EntryFilter } from '../log/search-sql';
import type { AskedFilter } from './asked-filter';
import { tenantAsked } from './whose';

/** A name that nobody has: what is asked about a person whom the log does not know. */
const NOBODY = 's_nobody';

/** From the names that applications use to those that the log holds. */
@Injectable()
export class Persons {
  private readonly hash: KeyedHash;

  constructor(
    { masterKey }: Config,
    private readonly subjects: Subjects,
  ) {
    this.hash = new KeyedHash(masterKey);
  }

  /** What the caller asks for, as far as it may see. A person whom the log does not know matches nothing. */
  async filter(caller: Caller, asked: AskedFilter): Promise<EntryFilter> {
    const { user, session } = asked;
    // people and sessions have names within one tenant
    const named = user !== undefined || session !== undefined;
    const tenant = tenantAsked(caller, asked.tenant) ?? (named ? caller.tenantId : undefined);
    const found: EntryFilter = {
      from: moment(asked.from),
      to: moment(asked.to),
      tenant,
      userId: user === undefined ? undefined : ((await this.subjects.find(one(tenant, 'user'), user)) ?? NOBODY),
      session: session === undefined ? undefined : this.hash.pseudonym('session', one(tenant, 'session'), session),
      model: asked.model,
      provider: asked.provider,
      event: asked.event,
      flag: asked.flag,
      outcome: asked.outcome,
      minCostMicros: micros(asked.min_cost_usd),
      maxCostMicros: micros(asked.max_cost_usd),
      requestId: asked.request_id,
      actor: asked.key,
    };
    return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as EntryFilter;
  }

  /** @throws GatewayError `not_found` when the log does not know the person, or has forgotten it */
  async known(tenant: string | undefined, user: string): Promise<string> {
    const subject = await this.subjects.find(one(tenant, 'user'), user);
    if (subject === undefined) throw new GatewayError('not_found', 'The log knows no such person', { param: 'user' });
    return subject;
  }
}

const moment = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
const micros = (dollars: number | undefined) => (dollars === undefined ? undefined : Math.round(dollars * 1e6));

function one(tenant: string | undefined, param: string): string {
  if (tenant === undefined)
    throw new GatewayError('invalid_request', `${param}: is a name within one tenant; say which tenant`, { param });
  return tenant;
}
