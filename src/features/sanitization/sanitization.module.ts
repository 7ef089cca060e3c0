import { Module, type OnApplicationShutdown, Injectable, Inject, Optional } from '@nestjs/common';
import { CODECS } from '../../dialects/codecs';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { ObservabilityModule } from '../../platform/observability/observability.module';
import { KeyedHash } from '../../platform/secrets/keyed-hash';
import { DetectorHealth } from './detector-health';
import { InjectionDetector, InjectionRules } from './injection';
import { configuredClassifier } from './injection/configured-classifier';
import { InjectionGuard } from './injection-guard';
import { TextSearch } from './inspect/text-search';
import { LogFindings } from './log-findings.service';
import { GuardPolicies } from './policy/guard-policies';
import { GuardPolicyVersions } from './policy/guard-policies.store';
import { GuardSettings } from './policy/guard-settings.service';
import { PolicyRefresh } from './policy/policy-refresh.service';
import { Preview } from './preview';
import { Sanitizer, type SanitizerParts } from './sanitizer';
import { Scanner } from './scan';
import { configuredDetector } from './sidecar/configured-detector';
import { EntityDetector } from './sidecar/entity-detector';
import { TextReader } from './text-reader';

const decode: SanitizerParts['decode'] = ({ dialect, body }) => {
  if (dialect === 'internal') throw new Error('a call that was made here has no body');
  return CODECS[dialect].decodeRequest(body);
};

/** Ends what is under way with sidecars when the process does. */
@Injectable()
class SidecarsEnd implements OnApplicationShutdown {
  constructor(
    @Optional() @Inject(EntityDetector) private readonly detector: EntityDetector | undefined,
    @Optional() @Inject(InjectionDetector) private readonly classifier: InjectionDetector | undefined,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.detector?.close(), this.classifier?.close()]);
  }
}

function placesOf({ providers }: Config): ReadonlyMap<string, 'external' | 'local'> {
  return new Map(providers.map(({ name, place }) => [name, place]));
}

@Module({
  imports: [ConfigModule, ObservabilityModule],
  providers: [
    { provide: EntityDetector, inject: [Config], useFactory: configuredDetector },
    { provide: InjectionDetector, inject: [Config], useFactory: configuredClassifier },
    { provide: Scanner, useFactory: () => new Scanner() },
    { provide: InjectionRules, useFactory: () => new InjectionRules() },
    {
      provide: GuardPolicies,
      inject: [Config],
      useFactory: ({ guards, inForce }: Config) => {
        const policies = new GuardPolicies(guards);
        inForce.onChange((now) => policies.take(now.guards));
        return policies;
      },
    },
    {
      provide: TextSearch,
      inject: [Scanner, { token: EntityDetector, optional: true }],
      useFactory: (scanner: Scanner, sidecar?: EntityDetector) => new TextSearch(scanner, sidecar),
    },
    {
      provide: Sanitizer,
      inject: [Config, GuardPolicies, TextSearch, InjectionRules, { token: InjectionDetector, optional: true }],
      useFactory: (
        config: Config,
        policies: GuardPolicies,
        search: TextSearch,
        rules: InjectionRules,
        classifier?: InjectionDetector,
      ) => {
        const places = placesOf(config);
        return new Sanitizer({
          policies,
          search,
          injection: new InjectionGuard(rules, classifier),
          hash: new KeyedHash(config.masterKey),
          decode,
          placeOf: (provider) => places.get(provider) ?? 'external',
        });
      },
    },
    {
      provide: Preview,
      inject: [Config, GuardPolicies, TextSearch, InjectionRules, { token: InjectionDetector, optional: true }],
      useFactory: (
        config: Config,
        policies: GuardPolicies,
        search: TextSearch,
        rules: InjectionRules,
        classifier?: InjectionDetector,
      ) => {
        const places = placesOf(config);
        const hash = new KeyedHash(config.masterKey);
        const reader = new TextReader(search, rules, classifier);
        return new Preview({ policies, reader, hash, placeOf: (provider) => places.get(provider) });
      },
    },
    {
      provide: DetectorHealth,
      inject: [
        { token: EntityDetector, optional: true },
        { token: InjectionDetector, optional: true },
      ],
      useFactory: (entities?: EntityDetector, injection?: InjectionDetector) => new DetectorHealth(entities, injection),
    },
    GuardPolicyVersions,
    PolicyRefresh,
    GuardSettings,
    SidecarsEnd,
    LogFindings,
  ],
  exports: [Sanitizer, DetectorHealth, Preview, GuardSettings, GuardPolicies],
})
export class SanitizationModule {}
