import type { LiveKeys } from '../secrets/live-keys';
import type { Secret } from '../secrets/secret';
import type { SecretStore } from '../secrets/secret-store';
import type { ChangeableParts, ConfigInForce } from './config-in-force';
import type { Incidents } from './incidents';
import type { ProviderSettings, Settings } from './settings';
import type { TracingSettings } from './tracing-settings';

/** A provider that can be called: its settings with secrets resolved and defaults filled in. */
export type ConfiguredProvider = {
  readonly name: string;
  /** Names or prefix* patterns that mean this provider when no provider is named. */
  readonly models: readonly string[];
  /** Whether what it is sent leaves the own network. */
  readonly place: 'external' | 'local';
} & (
  | {
      readonly type: Exclude<ProviderSettings['type'], 'sandbox'>;
      readonly baseUrl: string;
      /** They may change while the process runs. */
      readonly apiKeys: LiveKeys;
      /** The most connections kept: as many as calls at a time. */
      readonly connections: number;
      readonly connectMs: number;
      /** The longest that any call may take. */
      readonly totalMs: number;
      /** It has a batch API, and batches may be handed on to it. */
      readonly batches?: boolean;
    }
  | { readonly type: 'sandbox'; readonly firstTokenMs: number; readonly tokensPerSecond: number }
);

/**
 * Everything that was configured, checked and frozen. Type and injection token in one. Some parts change while the process
 * runs: each is read anew where it is used, or listened for.
 */
export abstract class Config implements ChangeableParts {
  /** Which parts change, and who is told. */
  abstract readonly inForce: ConfigInForce;
  abstract readonly limits: ChangeableParts['limits'];
  abstract readonly models: ChangeableParts['models'];
  abstract readonly prices: ChangeableParts['prices'];
  abstract readonly policies: ChangeableParts['policies'];
  abstract readonly guards: ChangeableParts['guards'];
  abstract readonly flags: ChangeableParts['flags'];
  abstract readonly analysisTemplates: ChangeableParts['analysisTemplates'];
  abstract readonly evalSuites: ChangeableParts['evalSuites'];

  abstract readonly production: boolean;
  abstract readonly host: string;
  abstract readonly port: number;
  /** Probes and metrics listen here instead, when set. */
  abstract readonly opsPort: number | undefined;
  abstract readonly logLevel: string;
  abstract readonly dataDir: string;
  abstract readonly configFile: string;
  /** Every secret of the process, also those that have a field of their own here: these are as they were at start. */
  abstract readonly secrets: SecretStore;
  abstract readonly databaseUrl: Secret;
  /** Where the keys of the audit log are; the same as `databaseUrl` unless they were given a database of their own. */
  abstract readonly keysDatabaseUrl: Secret;
  /** PostgreSQL was started for this process from the embedded binaries. */
  abstract readonly embeddedDatabase: boolean;
  abstract readonly redisUrl: Secret | undefined;
  abstract readonly rootKey: Secret | undefined;
  /** Key-encryption key, 32 bytes; made on first start where the environment has none. */
  abstract readonly masterKey: Buffer;
  abstract readonly server: Settings['server'];
  /** Undefined where no collector is configured. Its headers are in `secrets`. */
  abstract readonly tracing: TracingSettings | undefined;
  abstract readonly audit: Settings['audit'];
  abstract readonly health: Settings['health'];
  abstract readonly idempotency: Settings['idempotency'];
  abstract readonly answers: Settings['answers'];
  abstract readonly budgets: Settings['budgets'];
  abstract readonly analyses: Settings['analyses'];
  abstract readonly documents: Settings['documents'];
  abstract readonly codeReview: Settings['codeReview'];
  abstract readonly evals: Settings['evals'];
  abstract readonly jobs: Settings['jobs'];
  abstract readonly files: Settings['files'];
  /** Who evaluates flags. Its key is in `secrets`, under `FLAG_SERVICE_KEY`. */
  abstract readonly flagService: Settings['flags'];
  abstract readonly batches: Settings['batches'];
  abstract readonly webhooks: Settings['webhooks'];
  /** The keys of sidecar and classifier are in `secrets`, under `SIDECAR_KEY` and `CLASSIFIER_KEY`. */
  abstract readonly sanitization: Settings['sanitization'];
  /** In the order in which bare model names are matched. Never empty. */
  abstract readonly providers: readonly ConfiguredProvider[];
  /** What becomes of models that are at their end. */
  abstract readonly modelSettings: Settings['models'];
  /** The secrets of channels are in `secrets`, under `channelSecret`. */
  abstract readonly incidents: Incidents;
}
