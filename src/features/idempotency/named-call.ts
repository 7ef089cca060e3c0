import type { JsonObject } from '../../contract/json';
import type { KeyedHash } from '../../platform/secrets/keyed-hash';
import type { PersonMarks } from '../../platform/secrets/person-marks';
import { canonicalJson } from '../../contract/canonical-json';
import type { Claim } from './claim';

/** A call that its caller gave a name. */
export interface NamedCall {
  readonly id: string;
  readonly requestId: string;
  readonly receivedAt: number;
  readonly tenantId: string;
  readonly keyId: string;
  /** The end user. Personal data. */
  readonly user?: string;
  readonly idempotencyKey: string;
  readonly dialect: string;
  readonly body: JsonObject;
}

/** What of a call may be stored: nobody learns the key or the body from it. */
export function claimOf(hash: KeyedHash, persons: PersonMarks, call: NamedCall): Claim {
  const { tenantId, keyId, user, idempotencyKey, dialect } = call;
  // options of the gateway do not change what is asked, and may stand in headers as well
  const { gatehouse: _options, ...body } = call.body;
  return {
    tenantId,
    key: hash.digest('idempotency-key', tenantId, `${keyId}\n${idempotencyKey}`),
    body: hash.digest('idempotency-body', tenantId, `${dialect}\n${canonicalJson(body)}`),
    holder: call.id,
    requestId: call.requestId,
    receivedAt: call.receivedAt,
    ...(user !== undefined && { person: persons.of(tenantId, user) }),
  };
}

/** Calls with another body under the same key have another name here: the database judges them. */
export function nameOf({ tenantId, key, body }: Claim): string {
  return `${tenantId}/${key.toString('hex')}/${body.toString('hex')}`;
}
