import type { Secret } from '../secrets/secret';
import type { Models } from './models';
import type { Deadlines, ProviderSettings, Settings } from './settings';

/** A provider that can be called: its settings with secrets resolved and defaults filled in. */
export type ConfiguredProvider = {
  readonly name: string;
  readonly deadlines: Deadlines;
  /** Names or prefix* patterns that mean this provider when no provider is named. */
  readonly models: readonly string[];
} & (
  | {
      readonly type: Exclude<ProviderSettings['type'], 'sandbox'>;
      readonly baseUrl: string;
      readonly apiKeys: readonly Secret[];
      readonly connections: number;
    }
  | { readonly type: 'sandbox'; readonly firstTokenMs: number; readonly tokensPerSecond: number }
);

/** Everything that was configured, checked and frozen at start. Type and injection token in one. */
export abstract class Config {
  abstract readonly production: boolean;
  abstract readonly host: string;
  abstract readonly port: number;
  /** Probes and metrics listen here instead, when set. */
  abstract readonly opsPort: number | undefined;
  abstract readonly logLevel: string;
  abstract readonly dataDir: string;
  abstract readonly configFile: string;
  abstract readonly databaseUrl: Secret;
  /** PostgreSQL was started for this process from the embedded binaries. */
  abstract readonly embeddedDatabase: boolean;
  abstract readonly redisUrl: Secret | undefined;
  abstract readonly rootKey: Secret | undefined;
  /** Key-encryption key, 32 bytes; made on first start where the environment has none. */
  abstract readonly masterKey: Buffer;
  abstract readonly server: Settings['server'];
  abstract readonly limits: Settings['limits'];
  abstract readonly retry: Settings['retry'];
  abstract readonly records: Settings['records'];
  abstract readonly health: Settings['health'];
  /** In the order in which bare model names are matched. Never empty. */
  abstract readonly providers: readonly ConfiguredProvider[];
  abstract readonly models: Models;
}
