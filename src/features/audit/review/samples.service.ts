import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import { type AskedFilter, recordedFilter } from './asked-filter';
import { EntryReader } from '../log/entry-reader.store';
import { EntriesStore } from './entries.store';
import { Evidence } from './evidence.service';
import { Persons } from './persons.service';
import { Sample } from './sample';
import type { StoredEntry } from './stored-batch';

export const SAMPLE_ALGORITHM =
  'The entries with the lowest SHA-256("gatehouse-audit-sample/v1\\n" + seed + "\\n" + index), of those that match.';

export interface SampleRequest {
  readonly filter: AskedFilter;
  /** Inclusive; the whole log when absent. */
  readonly range?: { readonly first: number; readonly last: number } | undefined;
  readonly size: number;
  readonly seed?: string | undefined;
}

export interface DrawnSample {
  readonly seed: string;
  readonly first: number;
  readonly last: number;
  readonly population: number;
  readonly entries: readonly StoredEntry[];
  readonly recordedAs: string;
}

/** Random samples that anybody can draw again from what is recorded: the seed, the range of indexes, the filter. */
@Injectable()
export class Samples {
  constructor(
    private readonly entries: EntriesStore,
    private readonly reader: EntryReader,
    private readonly persons: Persons,
    private readonly evidence: Evidence,
  ) {}

  async draw(caller: Caller, { filter: asked, range, size, seed }: SampleRequest): Promise<DrawnSample> {
    const filter = await this.persons.filter(caller, asked);
    const end = (await this.reader.size()) - 1;
    const { first, last } = range ?? { first: 0, last: end };
    if (last > end || first > last)
      throw new GatewayError('invalid_request', `last: the log has the indexes 0 to ${end}`, { param: 'last' });
    const drawn = seed ?? randomBytes(16).toString('hex');
    const sample = new Sample(size, drawn);
    for await (const index of this.entries.indexes(filter, first, last)) sample.offer(index);
    const entries: StoredEntry[] = [];
    for (const index of sample.indexes) {
      const entry = await this.entries.byIndex(index);
      if (entry) entries.push(entry);
    }
    const { entryId } = await this.evidence.record(caller, 'audit.sample', {
      tenant: filter.tenant,
      metadata: {
        seed: drawn,
        seed_given: seed !== undefined,
        first,
        last,
        filter: recordedFilter(filter),
        population: sample.population,
        size,
        indexes: sample.indexes,
      },
    });
    return { seed: drawn, first, last, population: sample.population, entries, recordedAs: entryId };
  }
}
