import {
  ErrorCode,
  type EvaluationContext,
  type JsonValue,
  type Provider,
  type ResolutionDetails,
  StandardResolutionReasons,
} from '@openfeature/server-sdk';
import type { FlagReason, FlagValue } from '../../../contract/flags';
import type { FlagTable } from '../flag-table';
import { flagContextOf, momentOf } from './evaluation-context';

/** What OpenFeature calls our reasons; our own word is in the metadata. */
const REASONS: { readonly [R in FlagReason]: string } = {
  target: StandardResolutionReasons.TARGETING_MATCH,
  bucket: StandardResolutionReasons.SPLIT,
  schedule: StandardResolutionReasons.SPLIT,
  default: StandardResolutionReasons.DEFAULT,
  killed: StandardResolutionReasons.DISABLED,
  provider: StandardResolutionReasons.UNKNOWN,
  error: StandardResolutionReasons.ERROR,
};

/** The gateway's own flags as a provider of OpenFeature. Nothing is asked of anybody: flags are in memory. */
export class GatehouseProvider implements Provider {
  readonly metadata = { name: 'gatehouse' } as const;
  readonly runsOn = 'server' as const;

  constructor(private readonly table: FlagTable) {}

  resolveBooleanEvaluation(name: string, fallback: boolean, context: EvaluationContext) {
    return this.resolve(name, fallback, context, isBoolean);
  }

  resolveStringEvaluation(name: string, fallback: string, context: EvaluationContext) {
    return this.resolve(name, fallback, context, isString);
  }

  resolveNumberEvaluation(name: string, fallback: number, context: EvaluationContext) {
    return this.resolve(name, fallback, context, isNumber);
  }

  resolveObjectEvaluation<T extends JsonValue>(name: string, fallback: T, context: EvaluationContext) {
    return this.resolve(name, fallback, context, (value): value is T => typeof value === 'object');
  }

  // oxlint-disable-next-line typescript/require-await -- what a provider answers is a promise
  private async resolve<T extends JsonValue>(
    name: string,
    fallback: T,
    context: EvaluationContext,
    isWanted: (value: unknown) => value is T,
  ): Promise<ResolutionDetails<T>> {
    const flag = this.table.find(name);
    if (!flag) return failed(fallback, ErrorCode.FLAG_NOT_FOUND);
    const found = flag.evaluate(flagContextOf(context), momentOf(context));
    const { value, variant, reason } = found;
    if (!isWanted(value)) return failed(fallback, ErrorCode.TYPE_MISMATCH);
    return { value, variant, reason: REASONS[reason], flagMetadata: metadataOf(found, flag.state.version) };
  }
}

function metadataOf({ reason, rule, bucket, percent }: FlagValue, version: number) {
  return {
    version,
    why: reason,
    ...(rule !== undefined && { rule }),
    ...(bucket !== undefined && { bucket }),
    ...(percent !== undefined && { percent }),
  };
}

function failed<T extends JsonValue>(value: T, errorCode: ErrorCode): ResolutionDetails<T> {
  return { value, reason: StandardResolutionReasons.ERROR, errorCode };
}

const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isString = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
