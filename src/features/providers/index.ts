export { Providers } from './providers.service';
export { ProvidersModule } from './providers.module';
export type { Found, ProviderBatches, RemoteDraft, RemoteLine, RemoteState } from './batches/provider-batches';
