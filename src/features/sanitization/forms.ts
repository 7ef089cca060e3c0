import type { Outgoing } from '../../contract/call';
import type { Entity } from '../../contract/entities';
import { GatewayError } from '../../contract/errors';
import { type GuardMemory, NO_MEMORY } from '../../contract/in-batch';
import { withInstructions } from '../../dialects/with-instructions';
import type { Operator, PersonalDataPolicy } from '../../platform/config/guards';
import type { CallTexts, Decode, Form } from './inspect/call-texts';
import { atOnce, inTurns } from './inspect/in-turns';
import type { Pace } from './inspect/pace';
import type { Searched } from './inspect/searched';
import { operatorFor } from './policy/operator-for';
import type { Place } from './body/place';
import type { Operate } from './tokens/operators';
import { TOKEN } from './tokens/vault';

/** What becomes of the text of a place on its way to a provider. */
export type Mark = (index: number, text: string) => string;
const UNMARKED: Mark = (_index, text) => text;
type Choose = (entity: Entity) => Operator;
const TOKENIZED: Choose = () => 'tokenize';

export interface Found {
  readonly texts: CallTexts;
  /** By place. */
  readonly searched: readonly (Searched | undefined)[];
  readonly entities: ReadonlySet<Entity>;
}

export interface FormParts extends Found {
  readonly policy: PersonalDataPolicy;
  /** Where a provider is, by name. */
  readonly placeOf: (provider: string) => 'external' | 'local';
  readonly operate: Operate;
  /** What a token of this call stands for. */
  readonly valueOf: (token: string) => string | undefined;
  readonly decode: Decode;
  /** What stands at the end of the instructions on their way to a provider. */
  readonly instructions?: string | undefined;
  readonly mark?: Mark | undefined;
  /** What must be known again to read an answer that comes after this process. */
  readonly memory?: () => GuardMemory;
}

/** The forms in which one call may leave: each provider's as the policy says, and one in which everything is a token. */
export class CallForms implements Outgoing {
  /** By what is done about each kind that was found. */
  private readonly made = new Map<string, Form>();
  /** What stands for ids and names that held something, and what they were. */
  readonly names = new Map<string, string>();

  constructor(private readonly parts: FormParts) {}

  /** Everything is a token: what may be kept, and compared with other calls. */
  get masked(): Form {
    return this.form(TOKENIZED);
  }

  /** Whether every form is the call as it came. */
  private get isClean(): boolean {
    return !this.parts.entities.size;
  }

  readonly to = (provider: string): Form => {
    const form = this.form((entity) => this.operator(entity, provider), this.parts.mark);
    const { instructions, decode } = this.parts;
    // neither mark nor instructions in what is kept and compared: they are others in every call
    return instructions ? withInstructions(form, instructions, 'after', decode) : form;
  };

  /** Whether what this provider is sent holds tokens. */
  tokenizes(provider: string): boolean {
    if (this.isClean) return false;
    const chosen = [...this.parts.entities].map((entity) => this.operator(entity, provider));
    return chosen.includes('tokenize') || (this.names.size > 0 && chosen.some((operator) => operator !== 'keep'));
  }

  /** Puts back what tokens stand for; links too, since nobody is told. */
  readonly restore = (text: string): string =>
    text.includes('[[') ? text.replace(TOKEN, (token) => this.parts.valueOf(token) ?? token) : text;

  readonly memory = (): GuardMemory => this.parts.memory?.() ?? NO_MEMORY;

  readonly barred = (provider: string): GatewayError | undefined => {
    if (this.isClean) return undefined;
    const kinds = [...this.parts.entities].filter((entity) => this.operator(entity, provider) === 'block').sort();
    if (!kinds.length) return undefined;
    return new GatewayError(
      'prompt_rejected',
      `The call holds what may not be sent to ${provider}: ${kinds.join(', ')}`,
      {
        blame: 'caller',
        details: { entities: kinds.join(',') },
      },
    );
  };

  private operator(entity: Entity, provider: string): Operator {
    return operatorFor(this.parts.policy, entity, { provider, place: this.parts.placeOf(provider) });
  }

  /** Makes the masked form, with breaks: the call may be long. Nearly always it is the only one that is needed. */
  async prepare(pace: Pace): Promise<void> {
    if (!this.isClean) await inTurns(this.making(TOKENIZED, UNMARKED), pace);
  }

  private form(choose: Choose, mark = UNMARKED): Form {
    if (this.isClean && mark === UNMARKED) return this.parts.texts.form;
    return atOnce(this.making(choose, mark));
  }

  private *making(choose: Choose, mark: Mark): Generator<void, Form> {
    const chosen = [...this.parts.entities].map((entity) => `${entity}=${choose(entity)}`).join();
    const signature = mark === UNMARKED ? chosen : `marked ${chosen}`;
    let form = this.made.get(signature);
    if (!form) {
      const texts: string[] = [];
      for (const [index, place] of this.parts.texts.places.entries()) {
        const searched = this.parts.searched[index];
        texts.push(mark(index, searched ? yield* this.rewriting(place, searched, choose) : place.text));
      }
      form = this.parts.texts.with(texts);
      this.made.set(signature, form);
    }
    return form;
  }

  private *rewriting({ kind, text }: Place, searched: Searched, choose: Choose): Generator<void, string> {
    if (kind !== 'identifier')
      return yield* searched.rewriting((entity, value) => this.parts.operate(choose(entity), entity, value));
    const name = yield* searched.rewriting((entity, value) =>
      choose(entity) === 'keep' ? value : bare(this.parts.operate('tokenize', entity, value)),
    );
    this.names.set(name, text);
    return name;
  }
}

/** Ids and names take neither brackets nor spaces. */
const bare = (token: string): string => token.replace(/^\[\[|\]\]$/g, '');
