import { Injectable } from '@nestjs/common';
import { type ProviderBatches, Providers } from '../features/providers';

/** The batches of providers, for whoever hands one on. Its lines pass the pipeline on their way out and back. */
@Injectable()
export class RemoteBatches {
  constructor(private readonly providers: Providers) {}

  /** Undefined where that provider takes none, or is not configured any more. */
  of(provider: string): ProviderBatches | undefined {
    return this.providers.batchesOf(provider);
  }
}
