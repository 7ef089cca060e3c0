import type { Client, EvaluationContext, EvaluationDetails, JsonValue } from '@openfeature/server-sdk';
import { canonicalJson } from '../../contract/canonical-json';
import type { FlagContext, FlagReason, FlagValue } from '../../contract/flags';
import type { Json } from '../../contract/json';
import type { Flag } from './evaluate/flag';

/** What evaluates flags. */
export interface FlagService {
  /** As the configuration calls it. */
  readonly name: string;
  readonly client: Client;
  readonly contextOf: (context: FlagContext, at?: number) => EvaluationContext;
  /** Absent: it evaluates in memory, and never waits. */
  readonly deadlineMs?: number;
}

/** What a flag says, or its default and why it says nothing: a code of OpenFeature, `DEADLINE`, or `UNDECLARED` for a value that is no variant. */
export type Decision = FlagValue & { readonly error?: string };

class Late extends Error {}

/** Asks flags through OpenFeature, whichever provider is behind it. Never throws: a flag that cannot be evaluated has its default. */
export class FlagEvaluations {
  constructor(private readonly service: FlagService) {}

  /** Who evaluates. */
  get provider(): string {
    return this.service.name;
  }

  /** @param at milliseconds since the epoch, where flags are evaluated here; now when absent */
  async evaluate(flag: Flag, context: FlagContext, at?: number): Promise<Decision> {
    // the kill switch is ours, whoever evaluates
    if (flag.state.killed) return flag.fallback('killed');
    try {
      const details = await this.inTime(this.details(flag, this.service.contextOf(context, at)));
      return details.errorCode === undefined ? told(flag, details) : failed(flag, details.errorCode);
    } catch (error) {
      return failed(flag, error instanceof Late ? 'DEADLINE' : 'GENERAL');
    }
  }

  private details(flag: Flag, context: EvaluationContext): Promise<EvaluationDetails<JsonValue>> {
    const { client } = this.service;
    const { value } = flag.fallback('error');
    if (typeof value === 'string') return client.getStringDetails(flag.name, value, context);
    if (typeof value === 'boolean') return client.getBooleanDetails(flag.name, value, context);
    if (typeof value === 'number') return client.getNumberDetails(flag.name, value, context);
    return client.getObjectDetails(flag.name, value as JsonValue, context);
  }

  private async inTime<T>(asked: Promise<T>): Promise<T> {
    const { deadlineMs } = this.service;
    if (deadlineMs === undefined) return asked;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Late()), deadlineMs)));
    try {
      return await Promise.race([asked, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Only what the flag declares may be decided. */
function told(flag: Flag, { value, variant, flagMetadata }: EvaluationDetails<JsonValue>): Decision {
  const declared = variantOf(flag, variant, value as Json);
  if (declared === undefined) return failed(flag, 'UNDECLARED');
  const { why, rule, bucket, percent } = flagMetadata as Partial<Omit<FlagValue, 'reason'>> & {
    readonly why?: FlagReason;
  };
  return {
    variant: declared,
    value: flag.valueOf(declared),
    reason: why ?? 'provider',
    ...(rule !== undefined && { rule }),
    ...(bucket !== undefined && { bucket }),
    ...(percent !== undefined && { percent }),
  };
}

/** Services name variants as they like: what counts is the value. */
function variantOf(flag: Flag, variant: string | undefined, value: Json): string | undefined {
  const { variants } = flag.state.definition;
  if (variant !== undefined && Object.hasOwn(variants, variant) && variants[variant] === value) return variant;
  const wanted = canonicalJson(value);
  return Object.keys(variants).find((name) => canonicalJson(variants[name]) === wanted);
}

function failed(flag: Flag, error: string): Decision {
  return { ...flag.fallback('error'), error };
}
