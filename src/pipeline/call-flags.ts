import type { Candidate, FlagDecisions, UniqueCall } from '../contract/call';
import type { AddedPrompt, FlagContext, FlagFact } from '../contract/flags';
import type { Decision, Flag, FlagEvaluations, FlagTable } from '../features/flags';
import type { ModelRegistry } from '../features/models';
import { isLaxer, isStricter } from '../features/sanitization';
import { AS_POLICY, type Decides, type FlaggedGuard, type Flags, NO_PROMPT } from '../platform/config/flags';
import type { GuardPolicy } from '../platform/config/guards';

/** Where no flag decides anything. */
export const UNDECIDED: FlagDecisions = {
  guards: {},
  prompts: [],
  caches: true,
  modelsFor: () => Promise.resolve([]),
};

export interface FlagParts {
  readonly flags: Pick<FlagTable, 'deciding' | 'forAlias'>;
  readonly evaluations: Pick<FlagEvaluations, 'evaluate'>;
  readonly prompts: Flags['prompts'];
  /** What holds for the tenant of the call. */
  readonly guards: GuardPolicy;
  readonly models: Pick<ModelRegistry, 'behind'>;
}

/** What flags decide about one call. Each that was asked is on its record, whatever it said. */
export class CallFlags implements FlagDecisions {
  readonly guards: Partial<Record<FlaggedGuard, string>> = {};
  readonly prompts: AddedPrompt[] = [];
  caches = true;
  private readonly context: FlagContext;
  private readonly facts: FlagFact[] = [];

  constructor(
    private readonly call: UniqueCall,
    private readonly parts: FlagParts,
  ) {
    const { caller, user, session, request, tags } = call;
    const { tenantId, tenantName, keyId } = caller;
    this.context = { tenantId, tenantName, keyId, user, session, model: request.model, tags };
  }

  /** Everything but models: which of them is asked for is known later. */
  async ask(): Promise<void> {
    for (const [flag, decision] of await this.decisions('guard')) this.decideGuard(flag, decision);
    for (const [flag, decision] of await this.decisions('prompt')) this.decidePrompt(flag, decision);
    for (const [flag, decision] of await this.decisions('cache')) {
      this.caches &&= decision.value === true;
      this.note(flag, 'cache', decision);
    }
  }

  readonly modelsFor = async (alias: string): Promise<readonly Candidate[]> => {
    const flag = this.parts.flags.forAlias(alias);
    if (!flag) return [];
    const decision = await this.evaluate(flag);
    const isUsual = decision.value === alias;
    const candidates = isUsual ? [] : this.parts.models.behind(textOf(decision), 'chat');
    this.note(flag, 'model', decision, isUsual || candidates.length ? undefined : 'unusable');
    return candidates;
  };

  private async decisions(what: Decides['what']): Promise<[Flag, Decision][]> {
    const flags = this.parts.flags.deciding(what);
    return Promise.all(flags.map(async (flag): Promise<[Flag, Decision]> => [flag, await this.evaluate(flag)]));
  }

  private evaluate(flag: Flag): Promise<Decision> {
    return this.parts.evaluations.evaluate(flag, this.context);
  }

  /** Of several flags the strictest counts. A laxer guard needs leave of the policy, and a flag that was really evaluated. */
  private decideGuard(flag: Flag, decision: Decision): void {
    const { decides } = flag.state.definition;
    if (decides?.what !== 'guard') return;
    const { guard } = decides;
    const { guards: policy } = this.parts;
    const mode = textOf(decision);
    const mayRelax = policy.flags.relax.includes(guard) && decision.reason !== 'error';
    const isRefused = mode !== AS_POLICY && isLaxer(policy, guard, mode) && !mayRelax;
    this.note(flag, 'guard', decision, isRefused ? 'laxer' : undefined);
    if (mode === AS_POLICY || isRefused) return;
    const before = this.guards[guard];
    if (before === undefined || isStricter(guard, mode, before)) this.guards[guard] = mode;
  }

  private decidePrompt(flag: Flag, decision: Decision): void {
    const name = textOf(decision);
    const { prompts } = this.parts;
    const prompt = Object.hasOwn(prompts, name) ? prompts[name] : undefined;
    if (prompt) this.prompts.push(prompt);
    this.note(flag, 'prompt', decision, prompt || name === NO_PROMPT ? undefined : 'unusable');
  }

  private note(
    { name, state }: Flag,
    decides: Decides['what'],
    { variant, reason, error }: Decision,
    refused?: FlagFact['refused'],
  ): void {
    this.facts.push({
      flag: name,
      decides,
      variant,
      version: state.version,
      reason,
      ...(error !== undefined && { error }),
      ...(refused && { refused }),
    });
    this.call.record.note('featureFlags', this.facts);
  }
}

/** Of a flag whose variants are texts: definitions were checked. */
const textOf = ({ value }: Decision): string => (typeof value === 'string' ? value : '');
