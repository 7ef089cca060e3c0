import type { z } from 'zod';
import { type EntryDetail as Detail, recordedCost, type Revelation, type StoredEntry } from '../../features/audit';
import type { CallReconstruction, EntryDetail, EntryView, Revealed } from './entry-schema';

export function entryView({ index, header }: StoredEntry): z.output<typeof EntryView> {
  return { index, ...header };
}

export function detailView({ entry, content, proof }: Detail): z.output<typeof EntryDetail> {
  return {
    index: entry.index,
    header: { ...entry.header },
    header_text: entry.text,
    committed_at: entry.committedAt.toISOString(),
    content,
    proof: proof && {
      leaf_hash: proof.leafHash.toString('hex'),
      index: proof.index,
      size: proof.size,
      hashes: proof.hashes.map((hash) => hash.toString('base64')),
      checkpoint: proof.checkpoint,
    },
  };
}

/** The entries of one request id, told as calls: a request, and how it ended. */
export function reconstruction(requestId: string, details: readonly Detail[]): z.output<typeof CallReconstruction> {
  const calls = new Map<string, Detail[]>();
  /** Of each entry the one that opens its call: one may complete another that completes it. */
  const roots = new Map<string, string>();
  for (const detail of details) {
    const { header } = detail.entry;
    const name = roots.get(header.parent ?? '') ?? header.entry_id;
    roots.set(header.entry_id, name);
    calls.set(name, [...(calls.get(name) ?? []), detail]);
  }
  return { request_id: requestId, calls: [...calls.values()].map(callView) };
}

function callView(details: readonly Detail[]): z.output<typeof CallReconstruction>['calls'][number] {
  const headers = details.map(({ entry }) => entry.header);
  const last = <T>(pick: (header: (typeof headers)[number]) => T | undefined): T | undefined =>
    headers.map(pick).findLast((value) => value !== undefined);
  const ended = headers.findLast(({ event }) => event !== 'llm.request');
  return {
    tenant: last(({ tenant }) => tenant) ?? null,
    key: last(({ actor }) => actor) ?? null,
    outcome: ended?.event === 'llm.orphan' ? 'unknown' : (ended?.outcome ?? (ended ? 'unknown' : 'in_progress')),
    model: last(({ model }) => model) ?? null,
    model_resolved: last(({ model_resolved }) => model_resolved) ?? null,
    cost_usd: last(recordedCost) ?? null,
    flags: [...new Set(headers.flatMap(({ compliance_flags = [] }) => compliance_flags))].sort(),
    policy: last(({ policy }) => policy) ?? {},
    attempts: last(({ metadata }) => metadata?.['tried'] ?? metadata?.['attempts']),
    entries: details.map(detailView),
  };
}

export function revealedView(revelation: Revelation): z.output<typeof Revealed> {
  return {
    entry_id: revelation.entry.header.entry_id,
    index: revelation.entry.index,
    approval: revelation.approval ?? null,
    review: revelation.review ?? null,
    recorded_as: revelation.recordedAs,
    content: revelation.content as { [name: string]: unknown },
  };
}
