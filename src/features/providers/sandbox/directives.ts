import { ERRORS, type ErrorCode } from '../../../contract/errors';
import type { ChatRequest } from '../../../contract/request';

/** What a prompt tells the sandbox to do, as `sandbox:name` or `sandbox:name=value` in the last user message. */
export interface Directives {
  /** `sandbox:fail=overloaded`: refuse with that error. */
  readonly fail?: ErrorCode;
  /** `sandbox:cut`: break the stream in the middle. */
  readonly cut: boolean;
  /** `sandbox:hang`: accept and never answer. */
  readonly hang: boolean;
  /** `sandbox:stall`: begin to answer and fall silent. */
  readonly stall: boolean;
  /** `sandbox:tools=2`: call that many of the offered tools. */
  readonly tools: number;
  /** `sandbox:think`: think before answering. */
  readonly think: boolean;
  /** `sandbox:words=500`: an answer of that many words. */
  readonly words?: number;
  /** `sandbox:pace=20`: tokens per second of this answer. */
  readonly pace?: number;
}

export function lastUserText({ messages }: Pick<ChatRequest, 'messages'>): string {
  const last = messages.findLast(({ role, parts }) => role === 'user' && parts.some(({ type }) => type === 'text'));
  return last?.parts.map((part) => (part.type === 'text' ? part.text : '')).join(' ') ?? '';
}

export function directives(text: string): Directives {
  const found = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/\bsandbox:([a-z]{2,16})(?:=([\w.]{1,40}))?/g))
    found.set(name, value);
  const fail = found.get('fail');
  const pace = number(found.get('pace'));
  const words = number(found.get('words'));
  return {
    ...(fail && Object.hasOwn(ERRORS, fail) ? { fail: fail as ErrorCode } : {}),
    cut: found.has('cut'),
    hang: found.has('hang'),
    stall: found.has('stall'),
    tools: found.has('tools') ? (number(found.get('tools')) ?? 1) : 0,
    think: found.has('think'),
    ...(words === undefined ? {} : { words }),
    ...(pace === undefined ? {} : { pace }),
  };
}

function number(text: string | undefined): number | undefined {
  const value = Number(text || NaN);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
