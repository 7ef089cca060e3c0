import { GatewayError } from '../../contract/errors';
import type { Candidate, Price } from '../../contract/call';
import type { ModelRequest } from '../../contract/request';
import type { Config, ConfiguredProvider } from '../../platform/config/config';
import type { Deprecation, Lifecycle } from '../../contract/lifecycle';
import type { Model, Models } from '../../platform/config/models';
import { priceAt } from '../../platform/config/price-at';
import { lifecycleOf, lifecycleWarning, statusAt } from './lifecycle';
import { lineUp, missingOf, type Known } from './line-up';
import { type Snapshot, versionsIn } from './versions';

export interface ListedModel {
  readonly id: string;
  readonly provider: string;
  /** Unix seconds. */
  readonly created: number;
  readonly lifecycle: Lifecycle | undefined;
}

export type Operation = 'chat' | 'embeddings';

/** 2025-01-01: what `created` says of a model whose date is not known. */
const EPOCH = 1_735_689_600;

type Candidates = readonly [Candidate, ...Candidate[]];

interface Resolved {
  readonly of?: Pick<Models, 'aliases' | 'models'> & { readonly prices: Config['prices'] | undefined };
  readonly until: number;
  readonly byName: Map<string, Candidates>;
}

/** How long what was found for a name holds: prices and ends of models come with time. */
const HOLDS_MS = 1_000;
/** Callers choose names. */
const NAMES = 1_000;

/** Which models there are, what callers may call them, and which of them may answer for a name. */
export class ModelRegistry {
  private readonly providers: ReadonlyMap<string, ConfiguredProvider>;
  private snapshots: { readonly of?: Models['models']; readonly byName: ReadonlyMap<string, Snapshot> } = {
    byName: new Map(),
  };
  /** Nothing but the sandbox is configured: it stands in for every known name. */
  private readonly sandboxOnly: boolean;
  private resolved: Resolved = { until: 0, byName: new Map() };

  constructor(
    private readonly config: Pick<Config, 'providers' | 'models'> & Partial<Pick<Config, 'prices' | 'modelSettings'>>,
  ) {
    this.providers = new Map(config.providers.map((provider) => [provider.name, provider]));
    this.sandboxOnly = config.providers.every(({ type }) => type === 'sandbox');
  }

  /**
   * The models that may answer for `name`, best first; none that is retired, where it is not to answer.
   * @throws GatewayError `model_not_found`, or `invalid_request` when none of them does what is asked
   */
  resolve(name: string, operation: Operation): Candidates {
    const known = this.known;
    const asked = `${operation} ${name}`;
    const before = known.get(asked);
    if (before) return before;
    const found = this.search(name, operation);
    if (known.size < NAMES) known.set(asked, found);
    return found;
  }

  /** What was resolved under the settings that hold now, and not long ago. */
  private get known(): Map<string, Candidates> {
    const { prices } = this.config;
    const { aliases, models } = this.config.models;
    const { of, until } = this.resolved;
    const now = Date.now();
    if (of?.aliases !== aliases || of.models !== models || of.prices !== prices || now >= until)
      this.resolved = { of: { aliases, models, prices }, until: now + HOLDS_MS, byName: new Map() };
    return this.resolved.byName;
  }

  private search(name: string, operation: Operation): Candidates {
    const found = this.named(name);
    if (!found.length)
      throw new GatewayError('model_not_found', `The model ${quote(name)} does not exist`, { param: 'model' });
    const serving = this.serving(found);
    if (!serving.length) throw this.retired(found);
    const [first, ...rest] = serving.filter((candidate) => this.operations(candidate).includes(operation));
    if (!first)
      throw new GatewayError('invalid_request', `The model ${quote(name)} does not do ${operation}`, {
        param: 'model',
      });
    return [first, ...rest];
  }

  /** The model of that `provider/model`; undefined when its provider is not configured or it does not do what is asked. */
  target(name: string, operation: Operation): Candidate | undefined {
    return this.qualified(name).find((candidate) => this.operations(candidate).includes(operation));
  }

  /** The models of an alias, or the one that is meant; none where there is no such name, or none of them does what is asked. */
  behind(name: string, operation: Operation): Candidate[] {
    const named = this.isAlias(name) ? this.named(name) : this.qualified(name);
    return this.serving(named).filter((candidate) => this.operations(candidate).includes(operation));
  }

  /**
   * Those of `listed` that may answer `request`, best first as `inOrder` sees it, each standing in for those before it.
   * @throws GatewayError `invalid_request` when none of them takes what the request holds
   */
  lineUp(
    request: ModelRequest,
    listed: readonly [Candidate, ...Candidate[]],
    inOrder: (candidates: Candidate[]) => Candidate[],
  ): [Candidate, ...Candidate[]] {
    const known = listed.map((candidate): Known => ({ candidate, ...this.knownOf(candidate) }));
    const [first, ...rest] = lineUp(request, known, inOrder);
    if (!first) {
      const missing = missingOf(request, known).join(' and ');
      throw new GatewayError('invalid_request', `No model behind ${quote(request.model)} takes ${missing}`, {
        param: 'model',
      });
    }
    return [first, ...rest];
  }

  /** Every name that answers: aliases first, then models. */
  list(): ListedModel[] {
    const { aliases, models } = this.config.models;
    const names = [...Object.keys(aliases), ...Object.keys(models).map(bareName)];
    return [...new Set(names)].flatMap((id) => this.find(id) ?? []);
  }

  /** The model that comes first behind a name, whatever it does; undefined when there is none. */
  first(name: string): Candidate | undefined {
    return this.named(name)[0];
  }

  /** Whether callers may use this name in place of a vendor's. */
  isAlias(name: string): boolean {
    return Object.hasOwn(this.config.models.aliases, name);
  }

  find(id: string): ListedModel | undefined {
    const [candidate] = this.serving(this.named(id));
    if (!candidate) return undefined;
    const known = this.model(nameOf(candidate));
    return { id, provider: candidate.provider, created: createdAt(known), lifecycle: lifecycleOf(known) };
  }

  /** What the caller of a model that is at its end is told; undefined where it is not. */
  deprecation(name: string, now = Date.now()): Deprecation | undefined {
    const lifecycle = lifecycleOf(this.model(name));
    const status = statusAt(lifecycle, now);
    if (!lifecycle || status === 'active') return undefined;
    return { ...lifecycle, model: name, status, warning: lifecycleWarning(name, lifecycle, now) };
  }

  /** Those that may answer today: a retired model makes way for its replacement, or is left out. */
  private serving(candidates: readonly Candidate[], depth = 0): Candidate[] {
    const onRetired = this.config.modelSettings?.onRetired ?? 'refuse';
    return candidates.flatMap((candidate) => {
      const name = nameOf(candidate);
      const end = this.deprecation(name);
      if (end?.status !== 'retired' || onRetired === 'allow') return [candidate];
      if (onRetired === 'refuse' || end.replacement === undefined || depth >= MOST_REPLACED) return [];
      const { insteadOf = name } = candidate;
      return this.serving(
        this.named(end.replacement).map(({ named: _named, ...other }) => ({ ...other, insteadOf })),
        depth + 1,
      );
    });
  }

  private retired([first]: readonly Candidate[]): GatewayError {
    const end = first && this.deprecation(nameOf(first));
    const { replacement } = end ?? {};
    return new GatewayError('model_not_found', `The model ${end?.warning}`, {
      param: 'model',
      ...(replacement !== undefined && { details: { replacement } }),
    });
  }

  private named(name: string): Candidate[] {
    const alias = Object.hasOwn(this.config.models.aliases, name) ? this.config.models.aliases[name] : undefined;
    if (alias) return alias.flatMap((target) => this.qualified(target));
    const qualified = this.qualified(name);
    if (qualified.length) return qualified.map(byName);
    const known = this.config.providers.filter(({ models }) => models.some((pattern) => matches(pattern, name)));
    const names = [...Object.keys(this.config.models.models), ...this.versions.keys()];
    const listed = names.filter((target) => bareName(target) === name);
    const found = [...known.map((provider) => `${provider.name}/${name}`), ...listed].flatMap((target) =>
      this.qualified(target),
    );
    if (!found.length && this.sandboxOnly && (listed.length || VENDOR_NAMES.test(name))) return [this.sandbox(name)];
    return found
      .filter((candidate, i) => found.findIndex(({ provider }) => provider === candidate.provider) === i)
      .map(byName);
  }

  /** `provider/model`, perhaps with `@version`; nothing when that provider is not configured. */
  private qualified(asked: string): Candidate[] {
    const name = this.versions.get(asked)?.target ?? asked;
    const slash = name.indexOf('/');
    const provider = this.providers.get(name.slice(0, Math.max(slash, 0)));
    const model = name.slice(slash + 1);
    if (!provider || !model) return [];
    const known = this.model(name);
    return [
      {
        provider: provider.name,
        model,
        maxOutputTokens: known?.maxOutputTokens,
        contextTokens: known?.contextTokens,
        thinks: known?.thinking,
        sampling: known?.sampling,
        stop: known?.stop,
        price: this.priceOf(name),
      },
    ];
  }

  private sandbox(model: string): Candidate {
    return { provider: this.config.providers[0]?.name ?? 'sandbox', model, named: true };
  }

  private knownOf({ provider, model }: Candidate): Omit<Known, 'candidate'> {
    return {
      model: this.model(nameOf({ provider, model })),
      sandbox: this.providers.get(provider)?.type === 'sandbox',
    };
  }

  /** What it costs today, when its prompt is not long. */
  private priceOf(target: string): Price | undefined {
    const base = this.config.prices && priceAt(this.config.prices, target, Date.now())?.base;
    return base && { input: base.input, output: base.output ?? 0 };
  }

  private operations(candidate: Candidate): readonly Operation[] {
    const known = this.model(nameOf(candidate));
    if (known) return known.operations;
    switch (this.providers.get(candidate.provider)?.type) {
      case 'anthropic':
        return ['chat'];
      case 'openai':
        return candidate.model.startsWith('text-embedding') ? ['embeddings'] : ['chat'];
      default:
        return ['chat', 'embeddings'];
    }
  }

  private model(target: string): Model | undefined {
    const { models } = this.config.models;
    return Object.hasOwn(models, target) ? models[target] : this.versions.get(target);
  }

  /** Every version, as it is asked for and as its provider calls it. */
  private get versions(): ReadonlyMap<string, Snapshot> {
    const { models } = this.config.models;
    if (this.snapshots.of !== models) {
      const versions = versionsIn(models);
      const called = [...versions.values()].map((snapshot) => [snapshot.target, snapshot] as const);
      this.snapshots = { of: models, byName: new Map([...called, ...versions]) };
    }
    return this.snapshots.byName;
  }
}

/** One replacement may be retired as well. */
const MOST_REPLACED = 5;

function createdAt(model: Model | undefined): number {
  return model?.created === undefined ? EPOCH : Date.parse(model.created) / 1_000;
}

function nameOf({ provider, model }: Pick<Candidate, 'provider' | 'model'>): string {
  return `${provider}/${model}`;
}

/** Names that a vendor's SDK sends out of the box, so that a first try needs no key. */
const VENDOR_NAMES = /^(claude-|gpt-|o[134]|chatgpt-|codex-|text-embedding-)/;

/** The caller named this very model. */
function byName(candidate: Candidate): Candidate {
  return { ...candidate, named: true };
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

function bareName(target: string): string {
  return target.startsWith('sandbox/') ? target : target.slice(target.indexOf('/') + 1);
}

/** A name is echoed to its caller only when it looks like one. */
function quote(name: string): string {
  return /^[\w./:@-]{1,100}$/.test(name) ? `'${name}'` : 'of that name';
}
