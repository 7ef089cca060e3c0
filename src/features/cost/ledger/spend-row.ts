import type { Usage } from '../../../contract/reply';
import type { Wasted } from '../prices/price-book';
import type { DayDelta, TotalDelta } from './deltas';
import type { LedgerRow } from './ledger-row';
import { MEASURES } from './measures';

/** A row of `spend` as PostgreSQL hands it over: bigint and numeric are text. */
export interface SpendRow {
  readonly call_id: string;
  readonly at: Date;
  readonly entry_index: string;
  readonly tenant_id: string;
  readonly key_id: string;
  readonly user_ref: string | null;
  readonly session_ref: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly provider_model: string | null;
  readonly provider_request_id: string | null;
  readonly operation: string | null;
  readonly outcome: string;
  readonly asked: boolean;
  readonly batch: boolean;
  readonly tags: string[];
  readonly input_tokens: string;
  readonly image_tokens: string;
  readonly cache_read_tokens: string;
  readonly cache_write_tokens: string;
  readonly cache_write_long_tokens: string;
  readonly output_tokens: string;
  readonly thinking_tokens: string;
  readonly estimated: boolean;
  readonly cost_picos: string | null;
  readonly saved_picos: string;
  readonly cache: string | null;
  readonly reused: boolean;
  readonly wasted: readonly Wasted[] | null;
  readonly spared: Usage | null;
  readonly price_version: string | null;
  readonly latency_ms: number | null;
  readonly first_token_ms: number | null;
  readonly degraded: string | null;
  readonly flags: string[];
}

export function ledgerRow(row: SpendRow): LedgerRow {
  return {
    index: Number(row.entry_index),
    callId: row.call_id,
    at: row.at.getTime(),
    tenantId: row.tenant_id,
    keyId: row.key_id,
    userRef: row.user_ref ?? undefined,
    sessionRef: row.session_ref ?? undefined,
    model: row.model ?? undefined,
    provider: row.provider ?? undefined,
    providerModel: row.provider_model ?? undefined,
    providerRequestId: row.provider_request_id ?? undefined,
    operation: row.operation ?? undefined,
    outcome: row.outcome,
    asked: row.asked,
    batch: row.batch,
    tags: row.tags,
    usage: {
      inputTokens: Number(row.input_tokens),
      ...(row.image_tokens !== '0' && { imageTokens: Number(row.image_tokens) }),
      cacheReadTokens: Number(row.cache_read_tokens),
      cacheWriteTokens: Number(row.cache_write_tokens),
      ...(row.cache_write_long_tokens !== '0' && { cacheWriteLongTokens: Number(row.cache_write_long_tokens) }),
      outputTokens: Number(row.output_tokens),
      thinkingTokens: Number(row.thinking_tokens),
      estimated: row.estimated,
    },
    cost: row.cost_picos === null ? undefined : BigInt(row.cost_picos),
    saved: BigInt(row.saved_picos),
    cache: row.cache ?? undefined,
    wasted: row.wasted ?? [],
    spared: row.spared ?? undefined,
    reused: row.reused,
    priceVersion: row.price_version ?? undefined,
    latencyMs: row.latency_ms ?? undefined,
    firstTokenMs: row.first_token_ms ?? undefined,
    degraded: row.degraded ?? undefined,
    flags: row.flags,
  };
}

/** As one JSON parameter; what is undefined is left out and becomes null. */
export function spendRows(rows: readonly LedgerRow[]): string {
  return JSON.stringify(
    rows.map((row) => ({
      call_id: row.callId,
      at: new Date(row.at).toISOString(),
      entry_index: row.index,
      tenant_id: row.tenantId,
      key_id: row.keyId,
      user_ref: row.userRef,
      session_ref: row.sessionRef,
      model: row.model,
      provider: row.provider,
      provider_model: row.providerModel,
      provider_request_id: row.providerRequestId,
      operation: row.operation,
      outcome: row.outcome,
      asked: row.asked,
      batch: row.batch,
      tags: row.tags,
      input_tokens: row.usage.inputTokens,
      image_tokens: row.usage.imageTokens ?? 0,
      cache_read_tokens: row.usage.cacheReadTokens,
      cache_write_tokens: row.usage.cacheWriteTokens,
      cache_write_long_tokens: row.usage.cacheWriteLongTokens ?? 0,
      output_tokens: row.usage.outputTokens,
      thinking_tokens: row.usage.thinkingTokens ?? 0,
      estimated: row.usage.estimated ?? false,
      cost_picos: row.cost?.toString(),
      saved_picos: row.saved.toString(),
      cache: row.cache,
      reused: row.reused,
      wasted: row.wasted.length ? row.wasted : undefined,
      spared: row.spared,
      price_version: row.priceVersion,
      latency_ms: row.latencyMs,
      first_token_ms: row.firstTokenMs,
      degraded: row.degraded,
      flags: row.flags,
    })),
  );
}

export function totalRows(deltas: readonly TotalDelta[]): string {
  return JSON.stringify(deltas.map((delta) => ({ ...delta, picos: delta.picos.toString() })));
}

export function dayRows(deltas: readonly DayDelta[]): string {
  return JSON.stringify(
    deltas.map(({ measures, grain, ...dimensions }) => ({
      ...dimensions,
      grain: `\\x${grain}`,
      ...Object.fromEntries(MEASURES.map((name) => [name, measures[name].toString()])),
    })),
  );
}
