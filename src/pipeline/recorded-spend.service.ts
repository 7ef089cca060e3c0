import { Injectable } from '@nestjs/common';
import { EntryReader } from '../features/audit';
import { CallSource } from '../features/cost';
import { ModelRegistry } from '../features/models';

/** In the canonical text of every entry that does. */
const ENDS_CALL = /"event":"llm\.(?:response|refused|orphan)"/;

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
        // to see that an entry ends no call takes a tenth of the time that reading it does
        if (at >= index && at < to && ENDS_CALL.test(text)) yield { index: at, header: parsed(text) };
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
