import { GatewayError } from '../../contract/errors';
import type { Candidate, Price } from '../../contract/call';
import type { ModelRequest } from '../../contract/request';
import type { Config, ConfiguredProvider } from '../../platform/config/config';
import type { Model } from '../../platform/config/models';
import { priceAt } from '../../platform/config/price-at';
import { lineUp, missingOf, type Known } from './line-up';

export interface ListedModel {
  readonly id: string;
  readonly provider: string;
  /** Unix seconds. */
  readonly created: number;
}

export type Operation = 'chat' | 'embeddings';

/** 2025-01-01: what `created` says of a model whose date is not known. */
const EPOCH = 1_735_689_600;

/** Which models there are, what callers may call them, and which of them may answer for a name. */
export class ModelRegistry {
  private readonly providers: ReadonlyMap<string, ConfiguredProvider>;
  /** Nothing but the sandbox is configured: it stands in for every known name. */
  private readonly sandboxOnly: boolean;

  constructor(private readonly config: Pick<Config, 'providers' | 'models'> & Partial<Pick<Config, 'prices'>>) {
    this.providers = new Map(config.providers.map((provider) => [provider.name, provider]));
    this.sandboxOnly = config.providers.every(({ type }) => type === 'sandbox');
  }

  /**
   * The models that may answer for `name`, best first.
   * @throws GatewayError `model_not_found`, or `invalid_request` when none of them does what is asked
   */
  resolve(name: string, operation: Operation): [Candidate, ...Candidate[]] {
    const found = this.named(name);
    if (!found.length)
      throw new GatewayError('model_not_found', `The model ${quote(name)} does not exist`, { param: 'model' });
    const [first, ...rest] = found.filter((candidate) => this.operations(candidate).includes(operation));
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
    return named.filter((candidate) => this.operations(candidate).includes(operation));
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
    return [...new Set(names)].flatMap((id) => {
      const [candidate] = this.named(id);
      return candidate ? [{ id, provider: candidate.provider, created: this.createdAt(candidate) }] : [];
    });
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
    const [candidate] = this.named(id);
    return candidate && { id, provider: candidate.provider, created: this.createdAt(candidate) };
  }

  private named(name: string): Candidate[] {
    const alias = Object.hasOwn(this.config.models.aliases, name) ? this.config.models.aliases[name] : undefined;
    if (alias) return alias.flatMap((target) => this.qualified(target));
    const qualified = this.qualified(name);
    if (qualified.length) return qualified.map(byName);
    const known = this.config.providers.filter(({ models }) => models.some((pattern) => matches(pattern, name)));
    const listed = Object.keys(this.config.models.models).filter((target) => bareName(target) === name);
    const found = [...known.map((provider) => `${provider.name}/${name}`), ...listed].flatMap((target) =>
      this.qualified(target),
    );
    if (!found.length && this.sandboxOnly && (listed.length || VENDOR_NAMES.test(name))) return [this.sandbox(name)];
    return found
      .filter((candidate, i) => found.findIndex(({ provider }) => provider === candidate.provider) === i)
      .map(byName);
  }

  /** `provider/model`; nothing when that provider is not configured. */
  private qualified(name: string): Candidate[] {
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
        price: this.priceOf(name),
      },
    ];
  }

  private sandbox(model: string): Candidate {
    return { provider: this.config.providers[0]?.name ?? 'sandbox', model, named: true };
  }

  private knownOf({ provider, model }: Candidate): Omit<Known, 'candidate'> {
    return { model: this.model(`${provider}/${model}`), sandbox: this.providers.get(provider)?.type === 'sandbox' };
  }

  /** What it costs today, when its prompt is not long. */
  private priceOf(target: string): Price | undefined {
    const base = this.config.prices && priceAt(this.config.prices, target, Date.now())?.base;
    return base && { input: base.input, output: base.output ?? 0 };
  }

  private operations(candidate: Candidate): readonly Operation[] {
    const known = this.model(`${candidate.provider}/${candidate.model}`);
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
    return Object.hasOwn(this.config.models.models, target) ? this.config.models.models[target] : undefined;
  }

  private createdAt({ provider, model }: Candidate): number {
    const date = this.model(`${provider}/${model}`)?.created;
    return date ? Date.parse(date) / 1_000 : EPOCH;
  }
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
