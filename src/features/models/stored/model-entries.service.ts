import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../../contract/errors';
import type { Lifecycle } from '../../../contract/lifecycle';
import { modelProblems, shadowProblem } from '../../../platform/config/check-models';
import { Config } from '../../../platform/config/config';
import type { Model, ModelSetting, Shadow } from '../../../platform/config/models';
import { lifecycleOf, type ModelStatus, retirementWarnings, statusAt } from '../lifecycle';
import { ModelTable } from '../model-table';
import { pageOf } from './page-of';
import { RegistrySettings } from './registry-settings.service';
import type { SettingVersion } from './registry-versions.store';

/** A model as it is now. */
export interface ModelEntry {
  /** `provider/model`. */
  readonly name: string;
  readonly status: ModelStatus;
  /** What the file says of it, and what was set here, which is stronger. */
  readonly model: Model;
  readonly lifecycle: Lifecycle | undefined;
  /** The aliases that may stand for it. */
  readonly aliases: readonly string[];
  readonly shadow: Shadow | undefined;
  /** Of what was set here last; 0 while nothing was. */
  readonly version: number;
  /** It is as `models.yaml` declares it. */
  readonly declared: boolean;
}

/** Models as operators see and set them. */
@Injectable()
export class ModelEntries {
  private readonly providers: ReadonlySet<string>;
  private readonly warnDays: number;

  constructor(
    config: Config,
    private readonly table: ModelTable,
    private readonly settings: RegistrySettings,
  ) {
    this.providers = new Set(config.providers.map(({ name }) => name));
    this.warnDays = config.modelSettings.warnDays;
  }

  /** By name, after `cursor`. */
  async list(
    cursor: string | undefined,
    limit: number,
  ): Promise<{ readonly items: readonly ModelEntry[]; readonly next: string | null }> {
    await this.settings.look();
    const { items, next } = pageOf(Object.keys(this.table.models), cursor, limit);
    return { items: items.map((name) => this.known(name)), next };
  }

  /** @throws GatewayError `not_found` */
  async find(name: string): Promise<ModelEntry> {
    await this.settings.look();
    return this.known(name);
  }

  /** Newest first. @throws GatewayError `not_found` for a model that never was */
  async history(name: string, before: number | undefined, limit: number): Promise<SettingVersion<ModelSetting>[]> {
    const versions = await this.settings.history(['model', name], before, limit);
    if (!versions.length && before === undefined) await this.find(name);
    return versions;
  }

  /**
   * Replaces what was set about a model.
   * @param expected the version that it replaces; undefined: whichever there is
   * @throws GatewayError `conflict` when another version was set meanwhile
   */
  async set(name: string, setting: ModelSetting, expected: number | undefined, by: string): Promise<ModelEntry> {
    await this.settings.set(['model', name], setting, expected, by);
    return this.known(name);
  }

  /** What was set is gone: what is known of the model is what the file says. @throws GatewayError `not_found`, `conflict` */
  async reset(name: string, expected: number | undefined, by: string): Promise<void> {
    await this.find(name);
    await this.settings.set(['model', name], undefined, expected, by);
  }

  /** Models that are retired or will be soon, in sentences. */
  warnings(): string[] {
    return retirementWarnings(this.table, this.warnDays, Date.now());
  }

  /** @throws GatewayError `invalid_request` for what could never take effect; `conflict` when there are too many */
  check(name: string, setting: ModelSetting): void {
    const { providers, table } = this;
    const provider = name.slice(0, name.indexOf('/'));
    if (!providers.has(provider))
      throw new GatewayError('invalid_request', `The provider ${provider} is not configured`, { param: 'name' });
    const { aliases } = table;
    for (const [path, problem] of modelProblems(name, table.merged(name, setting), { aliases, providers }))
      throw new GatewayError('invalid_request', problem, { param: `model.${path}` });
    const { shadow } = setting;
    const problem = shadow && shadowProblem(name, shadow, { aliases, providers });
    if (problem) throw new GatewayError('invalid_request', problem, { param: 'model.shadow.model' });
    this.settings.checkRoom(table.models, ['model', name]);
  }

  private known(name: string): ModelEntry {
    const { models, aliases } = this.table;
    const model = Object.hasOwn(models, name) ? models[name] : undefined;
    if (!model) throw new GatewayError('not_found', 'Nothing is known of this model', { param: 'name' });
    const { version, setting } = this.table.storedAs('model', name);
    const lifecycle = lifecycleOf(model);
    return {
      name,
      status: statusAt(lifecycle, Date.now()),
      model,
      lifecycle,
      aliases: Object.keys(aliases).filter((alias) => aliases[alias]?.includes(name)),
      shadow: this.table.shadowOf(name),
      version,
      declared: !setting,
    };
  }
}
