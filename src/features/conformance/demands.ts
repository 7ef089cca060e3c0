import { GatewayError } from '../../contract/errors';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import type { ModelRequest } from '../../contract/request';
import { parseAnswer } from './parse-answer';
import { type Fault, faultAt } from './place';
import { restoredValue } from './restored-value';
import { SchemaError } from './schema-reader';
import type { Schemas, Validator } from './schemas';
import { Effort } from './trial';
import type { SpokenAnswer, SpokenChoice } from './spoken-answer';

export interface AnswerFault extends Fault {
  readonly choice: number;
  /** The tool whose arguments are at fault; absent: the answer's text is. */
  readonly tool?: string;
}

export interface Verdict {
  readonly faults: readonly AnswerFault[];
  /** How many texts and tool calls were looked at. */
  readonly judged: number;
}

type Restore = (text: string) => string;
const SILENCE: SpokenChoice = { text: '', declined: false, thoughts: new Map(), calls: new Map() };
/** How long the schemas of one call may take to be made ready: each is bounded, but there may be many. */
const PATIENCE_MS = 500;
const PARAM = 'x-gatehouse-validate';
const ANY_OBJECT: Validator = { faults: (value) => (isObject(value) ? [] : [faultAt(undefined, 'type')]) };

/** What a request demands of its answer: that its text is JSON of a schema, and that tools are called with what they take. */
export class Demands {
  private constructor(
    private readonly text: Validator | undefined,
    private readonly tools: ReadonlyMap<string, Validator>,
  ) {}

  /** @throws GatewayError `invalid_request` when nothing is demanded, or a schema cannot be used */
  static of(request: ModelRequest, schemas: Schemas, clock = () => performance.now()): Demands {
    if (request.operation !== 'chat') throw nothingToValidate();
    const { responseFormat, tools, toolChoice } = request;
    const callable = toolChoice?.type === 'none' ? [] : tools;
    const text = responseFormat && responseFormat.type !== 'text';
    if (!text && !callable.length) throw nothingToValidate();
    const format =
      responseFormat?.type === 'json_schema'
        ? usable(schemas, responseFormat.schema, 'The schema of the answer')
        : text
          ? ANY_OBJECT
          : undefined;
    const until = clock() + PATIENCE_MS;
    const named = callable.map(({ name, schema }, i) => {
      if (clock() > until) throw refused('The schemas of the tools take too long to be made ready');
      return [name, usable(schemas, schema, `The schema of tools[${i}]`)] as const;
    });
    return new Demands(format, new Map(named));
  }

  /**
   * @param restore puts back what tokens in texts stand for
   * @throws GatewayError `invalid_request` when a schema asks for more work than is done for one answer
   */
  judge({ choices }: SpokenAnswer, restore?: Restore): Verdict {
    const faults: AnswerFault[] = [];
    const effort = new Effort();
    let judged = 0;
    for (const [choice, spoken] of (choices.length ? choices : [SILENCE]).entries())
      for (const { text, validator, tool } of this.parts(spoken)) {
        judged++;
        for (const fault of faultsOf(text, validator, effort, restore))
          faults.push({ ...fault, choice, ...(tool !== undefined && { tool }) });
      }
    return { faults, judged };
  }

  /** A refusal, and a turn that the provider only paused, are no answers yet; beside calls of tools any text will do. */
  private *parts({ text, declined, finish, calls }: SpokenChoice): Generator<{
    readonly text: string;
    readonly validator: Validator | undefined;
    readonly tool?: string;
  }> {
    if (declined || finish === 'pause') return;
    for (const call of calls.values())
      yield { text: call.arguments.trim() || '{}', validator: this.tools.get(call.name), tool: call.name };
    if (this.text && !calls.size) yield { text, validator: this.text };
  }
}

function faultsOf(
  text: string,
  validator: Validator | undefined,
  effort: Effort,
  restore: Restore | undefined,
): readonly Fault[] {
  // nobody offered that tool
  if (!validator) return [faultAt(undefined, 'tool')];
  const parsed = parseAnswer(text);
  if (parsed === undefined) return [faultAt(undefined, 'json')];
  const value: Json = restore ? restoredValue(parsed, restore) : parsed;
  const faults = validator.faults(value, effort);
  if (faults) return faults;
  throw refused('A schema asks for more steps than are made to validate one answer');
}

function usable(schemas: Schemas, schema: JsonObject, which: string): Validator {
  try {
    return schemas.validator(schema);
  } catch (error) {
    if (error instanceof SchemaError) throw refused(`${which} cannot be validated against: ${error.message}`);
    throw error;
  }
}

function nothingToValidate(): GatewayError {
  return refused('There is nothing to validate: the call asks neither for JSON nor offers tools');
}

function refused(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param: PARAM, blame: 'caller' });
}
