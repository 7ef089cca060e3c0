export { Providers } from './providers.service';
export { ProvidersModule } from './providers.module';
