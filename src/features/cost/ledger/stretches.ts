import type { CallSource } from './call-source';
import type { NewRow } from './changes';
import { UNKNOWN } from './ledger-row';
import type { Stretch } from './ledger.store';
import { type Prices, priceCall } from './price-call';
import { endedCall, openingEntry, recordedCall } from './recorded-call';

/** Entries that go into the ledger together. */
const TOGETHER = 2_000;

/** The log from one index to another as the ledger takes it, a few thousand entries at a time. */
export async function* stretches(
  source: CallSource,
  prices: Prices,
  from: number,
  to: number,
  together = TOGETHER,
): AsyncGenerator<Stretch, void> {
  let begin = from;
  let rows: NewRow[] = [];
  let ended: string[] = [];
  for await (const { index, header } of source.entriesFrom(from, to)) {
    if (index - begin >= together) {
      yield { from: begin, next: index, rows, ended };
      [begin, rows, ended] = [index, [], []];
    }
    const opener = openingEntry(header);
    const opening = opener === undefined ? undefined : await source.headerOf(opener);
    const call = endedCall(header, opening);
    if (call !== undefined) ended.push(call);
    const row = rowOf(index, header, opening, source, prices);
    if (row) rows.push(row);
  }
  // what was dropped from the end is passed over too
  if (to > begin) yield { from: begin, next: to, rows, ended };
}

function rowOf(
  index: number,
  header: unknown,
  opening: unknown,
  source: CallSource,
  prices: Prices,
): NewRow | undefined {
  const call = recordedCall(index, header, opening);
  if (!call) return undefined;
  // nobody said where an unknown call went: its price is that of where it would have gone
  const assumed =
    call.outcome === UNKNOWN && call.provider === undefined && call.model !== undefined
      ? source.firstCandidate(call.model)
      : undefined;
  return priceCall(assumed ? { ...call, provider: assumed.provider, providerModel: assumed.model } : call, prices);
}
