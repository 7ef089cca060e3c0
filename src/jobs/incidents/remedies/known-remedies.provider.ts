import type { FactoryProvider } from '@nestjs/common';
import { FlagSettings } from '../../../features/flags';
import { Remedies } from '../../../features/incidents';
import { ModelRegistry } from '../../../features/models';
import { ApiKeys } from '../../../features/tenancy';
import { WithdrawalSettings } from '../../../features/withdrawals';
import { Config } from '../../../platform/config/config';
import { DisableKey } from './disable-key';
import { KnownRemedies } from './known-remedies';
import { RollBackFlag } from './roll-back-flag';
import { Withdraw } from './withdraw';

/** To add a remedy: its settings in the configuration, and a line here. */
export const KNOWN_REMEDIES: FactoryProvider = {
  provide: KnownRemedies,
  inject: [Config, ModelRegistry, WithdrawalSettings, ApiKeys, FlagSettings, Remedies],
  useFactory: (
    config: Config,
    models: ModelRegistry,
    settings: WithdrawalSettings,
    keys: ApiKeys,
    flags: FlagSettings,
    remedies: Remedies,
  ) =>
    new KnownRemedies([
      new Withdraw('fail_over', 'last', settings, config, models),
      new Withdraw('disable_model', 'out', settings, config, models),
      new DisableKey(keys),
      new RollBackFlag(flags, remedies),
    ]),
};
