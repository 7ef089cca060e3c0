import type { Draft } from '../audit-log';
import type { Header, PlainObject } from '../format/header';
import type { Shred, ShredOrder } from './shred-ledger.store';
import { kindOf, type ShredScope } from './shred-scope';

/** Ids in one entry. */
const PER_ENTRY = 1_000;

/** What is said in the log before keys are destroyed; together they name every key. */
export function shredDrafts(order: ShredOrder, keys: readonly string[], backupDays: number): [Draft, ...Draft[]] {
  const [first = [], ...rest] = Array.from({ length: Math.ceil(keys.length / PER_ENTRY) }, (_, i) =>
    keys.slice(i * PER_ENTRY, (i + 1) * PER_ENTRY),
  );
  return [draft(order, first, backupDays), ...rest.map((part) => draft(order, part, backupDays))];
}

export function supplementDraft(order: ShredOrder & { entryId: string }, keys: readonly string[], days: number): Draft {
  const { facts } = draft(order, keys, days);
  return { facts: { ...facts, parent: order.entryId } };
}

function draft({ id, scope, basis, approvers }: ShredOrder, keys: readonly string[], backupDays: number): Draft {
  const metadata: PlainObject = {
    order: id,
    scope: kindOf(scope),
    ...(scope.month !== undefined && { month: scope.month }),
    key_ids: [...keys],
    basis,
    approvers: [...approvers],
    backup_days: backupDays,
  };
  return {
    facts: {
      event: 'key.shred',
      ...(scope.tenant !== undefined && { tenant: scope.tenant }),
      ...(scope.subject !== undefined && { user_id: scope.subject }),
      metadata,
    },
  };
}

/** What the log says was destroyed. Other entries are passed over. */
export function shredsOf(entries: readonly { readonly index: number; readonly header: Header }[]): Shred[] {
  const shreds = new Map<string, Shred>();
  for (const { index, header } of entries) {
    const { order, scope, month, key_ids } = header.metadata ?? {};
    if (header.event !== 'key.shred' || typeof order !== 'string') continue;
    const before = shreds.get(order);
    const ids = (Array.isArray(key_ids) ? (key_ids as unknown[]) : []).filter((id) => typeof id === 'string');
    shreds.set(order, {
      order,
      scope: before?.scope ?? scopeIn(header, month),
      entryId: before?.entryId ?? header.entry_id,
      entryIndex: Math.max(index, before?.entryIndex ?? 0),
      tenantKeys: scope === 'subject' ? [] : [...(before?.tenantKeys ?? []), ...ids],
    });
  }
  return [...shreds.values()];
}

function scopeIn({ tenant, user_id }: Header, month: unknown): ShredScope {
  return {
    ...(tenant !== undefined && { tenant }),
    ...(user_id !== undefined && { subject: user_id }),
    ...(typeof month === 'string' && { month }),
  };
}
