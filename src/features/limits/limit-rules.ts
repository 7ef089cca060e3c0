import type { Config } from '../../platform/config/config';
import type { Amounts } from '../../platform/config/limit-settings';

/** A limit, and the entry of the configuration that says so. */
export interface Limit {
  readonly value: number;
  readonly from: string;
}
export type Limits = { readonly [K in keyof Amounts]?: Limit };

type Settings = Pick<Config['limits'], 'users' | 'models' | 'tenants'>;
type Patterns = Settings['models'];

/** What is configured for one tenant. */
export class TenantLimits {
  constructor(
    readonly tenant: Limits | undefined,
    /** Of each user. */
    readonly users: Limits | undefined,
    /** The weaker entries first. */
    private readonly models: readonly ModelLimits[],
  ) {}

  /** Whether any model is limited. */
  get limitsModels(): boolean {
    return this.models.length > 0;
  }

  /** @param target provider/model */
  model(target: string): Limits | undefined {
    return this.models.reduce<Limits | undefined>((found, models) => merged(found, models.of(target)), undefined);
  }
}

/** The limits of users, tenants and models that the configuration gives. */
export class LimitRules {
  /** By id or name, in lower case. */
  private tenants!: ReadonlyMap<string, TenantLimits>;
  private others!: TenantLimits;
  /** Nothing is limited, of nobody. */
  none!: boolean;

  constructor(settings: Settings) {
    this.take(settings);
  }

  /** Other limits hold from now on. */
  take({ users, models, tenants }: Settings): void {
    const of = (from: string, entry?: Settings['tenants'][string]) =>
      new TenantLimits(
        entry && limitsOf(entry, from),
        merged(users && limitsOf(users, 'limits.users'), entry?.users && limitsOf(entry.users, `${from}.users`)),
        [...patterns(models, 'limits.models'), ...patterns(entry?.models ?? {}, `${from}.models`)],
      );
    this.tenants = new Map(
      Object.entries(tenants).map(([name, entry]) => [name.toLowerCase(), of(`limits.tenants.${name}`, entry)]),
    );
    this.others = this.tenants.get('*') ?? of('');
    this.none = !users && !Object.keys(models).length && !Object.keys(tenants).length;
  }

  of({ id, name }: { readonly id: string; readonly name: string }): TenantLimits {
    const { tenants } = this;
    return (tenants.size && (tenants.get(id) ?? tenants.get(name.toLowerCase()))) || this.others;
  }
}

/** The limits of models in one place of the configuration. */
class ModelLimits {
  private readonly exact = new Map<string, Limits>();
  /** The longest first. */
  private readonly beginnings: readonly (readonly [string, Limits])[];

  constructor(entries: Patterns, from: string) {
    const beginnings: [string, Limits][] = [];
    for (const [pattern, amounts] of Object.entries(entries)) {
      const limits = limitsOf(amounts, `${from}.${pattern}`);
      if (limits && pattern.endsWith('*')) beginnings.push([pattern.slice(0, -1), limits]);
      else if (limits) this.exact.set(pattern, limits);
    }
    this.beginnings = beginnings.sort(([one], [other]) => other.length - one.length);
  }

  /** Of the most exact entry. */
  of(target: string): Limits | undefined {
    return this.exact.get(target) ?? this.beginnings.find(([beginning]) => target.startsWith(beginning))?.[1];
  }
}

function patterns(entries: Patterns, from: string): ModelLimits[] {
  return Object.keys(entries).length ? [new ModelLimits(entries, from)] : [];
}

function limitsOf({ rpm, tpm, concurrency }: Amounts, from: string): Limits | undefined {
  const limits = {
    ...(rpm !== undefined && { rpm: { value: rpm, from } }),
    ...(tpm !== undefined && { tpm: { value: tpm, from } }),
    ...(concurrency !== undefined && { concurrency: { value: concurrency, from } }),
  };
  return Object.keys(limits).length ? limits : undefined;
}

function merged(weaker: Limits | undefined, stronger: Limits | undefined): Limits | undefined {
  return weaker && stronger ? { ...weaker, ...stronger } : (stronger ?? weaker);
}
