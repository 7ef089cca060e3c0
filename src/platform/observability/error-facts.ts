import { messageOf } from './error-message';

/** What a line says of an error. */
export interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  /** Where it was made, without the message. */
  readonly stack?: string;
  readonly code?: string;
  /** What led to it, nearest first. */
  readonly causes?: readonly Cause[];
  /** Of an error that stands for several: the first of them. */
  readonly errors?: readonly Cause[];
}
export interface Cause {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
}

const CAUSES = 5;
const SEVERAL = 5;
const FRAMES = 4_000;
const NAME = /^[\w$. -]{1,80}$/;
const CODE = /^[A-Za-z0-9_-]{1,64}$/;
const NO_ERROR: Cause = { name: 'Error', message: 'something that is not an error was thrown' };

/**
 * Names, messages, codes and places, and nothing else: drivers and SDKs put values, bodies and headers into other properties.
 * Never throws, whatever was thrown.
 */
export function errorFacts(thrown: unknown): ErrorFacts {
  try {
    const { stack, causes, errors } = { stack: framesOf(thrown), causes: causesOf(thrown), errors: severalOf(thrown) };
    return {
      ...factOf(thrown),
      ...(stack && { stack }),
      ...(causes.length && { causes }),
      ...(errors.length && { errors }),
    };
  } catch {
    return NO_ERROR;
  }
}

function factOf(thrown: unknown): Cause {
  if (!isErrorLike(thrown)) return NO_ERROR;
  const { name, code } = thrown as { name?: unknown; code?: unknown };
  return {
    name: typeof name === 'string' && NAME.test(name) ? name : 'Error',
    message: messageOf(thrown),
    ...(typeof code === 'string' && CODE.test(code) && { code }),
  };
}

function causesOf(thrown: unknown): Cause[] {
  const causes: Cause[] = [];
  const seen = new Set<unknown>([thrown]);
  let cause = (thrown as { cause?: unknown } | undefined)?.cause;
  while (isErrorLike(cause) && !seen.has(cause) && causes.length < CAUSES) {
    seen.add(cause);
    causes.push(factOf(cause));
    ({ cause } = cause as { cause?: unknown });
  }
  return causes;
}

function severalOf(thrown: unknown): Cause[] {
  const { errors } = thrown as { errors?: unknown };
  // others use the name for what they found wrong with a value
  return thrown instanceof AggregateError && Array.isArray(errors) ? errors.slice(0, SEVERAL).map(factOf) : [];
}

/** The message, which a stack begins with, is left out: it is said elsewhere, with less of what it quotes. */
function framesOf(thrown: unknown): string | undefined {
  if (!isErrorLike(thrown)) return undefined;
  const { stack, message } = thrown as { stack?: unknown; message: string };
  if (typeof stack !== 'string') return undefined;
  // lines of a message may look like frames
  const at = stack.indexOf(message);
  const behind = at < 0 ? stack : stack.slice(at + message.length);
  const frames = behind.split('\n').filter((line) => line.startsWith('    at '));
  return frames.join('\n').slice(0, FRAMES) || undefined;
}

function isErrorLike(thrown: unknown): thrown is object & { readonly message: string } {
  return typeof thrown === 'object' && thrown !== null && typeof (thrown as { message?: unknown }).message === 'string';
}
