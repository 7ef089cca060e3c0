import { Injectable } from '@nestjs/common';
import { EntryReader } from '../features/audit';
import { CallSource } from '../features/cost';
import { ModelRegistry } from '../features/models';

/** The audit log as the ledger reads it. */
@Injectable()
export class RecordedSpend extends CallSource {
  constructor(
    private readonly reader: EntryReader,
    private readonly models: ModelRegistry,
  ) {
    super();
  }

  override async *entriesFrom(index: number, to: number): AsyncGenerator<{ index: number; header: unknown }, void> {
    for await (const { firstIndex, headers } of this.reader.batches(index, to)) {
      if (headers === undefined) continue;
      let at = firstIndex;
      for (const text of headers.split('\n')) {
        // most entries of a log are about calls; the rest need not be read
        if (at >= index && at < to) yield { index: at, header: text.includes('"llm.') ? parsed(text) : undefined };
        at++;
      }
    }
  }

  override size(): Promise<number> {
    return this.reader.size();
  }

  override async headerOf(entryId: string): Promise<unknown> {
    const found = await this.reader.headerOf(entryId);
    return found && parsed(found.header);
  }

  override firstCandidate(model: string): { provider: string; model: string } | undefined {
    for (const operation of ['chat', 'embeddings'] as const)
      try {
        const [{ provider, model: name }] = this.models.resolve(model, operation);
        return { provider, model: name };
      } catch {
        // not for this
      }
    return undefined;
  }
}

/** What no gateway wrote need not be JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
