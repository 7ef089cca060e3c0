import type { Call, CallFacts, CallRecord, PromptSize } from '../contract/call';
import type { CallFinished } from '../contract/events';
import { uuidv7 } from '../contract/ids';
import type { JsonObject } from '../contract/json';
import { microsOf } from '../contract/money';
import type { ReplyEvent } from '../contract/reply';
import type { WireRequest } from '../contract/wire';
import type { AuditLog, Draft, Facts } from '../features/audit';
import type { AuditTerms } from './audit-terms';
import {
  deprecationMetadata,
  flagMetadata,
  inspectionMetadata,
  outcomeMetadata,
  repairMetadata,
  requestMetadata,
  selectionMetadata,
} from './call-facts';
import type { KnownModels } from './known-models';
import { type Said, Transcript } from './transcript';

/** Who and what a call is about, as a header says it. */
export interface Identity {
  /** A subject reference, never the user's own name. */
  readonly user?: string;
  /** A pseudonym. */
  readonly session?: string;
  /** The number of the call in its session. */
  readonly turn?: number;
  readonly policy: NonNullable<Facts['policy']>;
}

const UNAVAILABLE = 'audit_unavailable';

/** One call's account with the log: what is learnt of the call on its way, and the entries about it. */
export class CallAccount implements CallRecord {
  readonly facts: Partial<CallFacts> = {};
  private readonly transcript: Transcript;
  private sent: WireRequest | undefined;
  private mask: ((text: string) => Promise<string>) | undefined;
  private left = false;
  /** The request is not on the record; should it come there after all, what follows it says how the call ended. */
  private unrecorded = false;
  private requestEntry: string | undefined;
  private newest: string | undefined;

  constructor(
    private readonly log: AuditLog,
    private readonly models: KnownModels,
    private readonly call: Call,
    private readonly size: PromptSize,
    private readonly terms: AuditTerms,
    readonly identity: Identity,
    answerCharacters: number,
  ) {
    this.transcript = new Transcript(answerCharacters);
    const { inBatch } = call;
    if (inBatch?.way !== 'back') return;
    // it left before
    this.left = true;
    this.requestEntry = inBatch.letter.entry;
  }

  readonly note: CallRecord['note'] = (fact, value) => void (this.facts[fact] = value);

  keep(sent: WireRequest): void {
    this.sent = sent;
  }

  hear(event: ReplyEvent): void {
    if (this.terms.payload !== 'original') this.transcript.add(event);
  }

  polish(mask: (text: string) => Promise<string>): void {
    if (this.terms.payload !== 'original') this.mask = mask;
  }

  /** What the caller gets. It is what is kept only where the tenant keeps originals. */
  observe(event: ReplyEvent): void {
    if (this.terms.payload === 'original') this.transcript.add(event);
  }

  readonly entryId = (): string | undefined => this.newest;

  async leave(): Promise<string | undefined> {
    // on its way back it only passes
    if (this.call.inBatch?.way === 'back') return this.requestEntry;
    if (this.left) await this.leaveAgain();
    else await this.leaveFirst();
    return this.requestEntry;
  }

  private async leaveFirst(): Promise<void> {
    this.left = true;
    const { mode } = this.terms;
    if (mode === 'standard') return;
    const draft: Draft = {
      ...this.common(),
      facts: {
        ...this.common().facts,
        event: 'llm.request',
        model: this.models.told(this.facts.model ?? this.call.request.model),
        metadata: {
          ...requestMetadata(this.call, this.size),
          ...inspectionMetadata(this.facts.inspection),
          ...flagMetadata(this.facts),
          ...selectionMetadata(this.facts),
        },
        ...(requestFlags(this.call, this.facts).length && { compliance_flags: requestFlags(this.call, this.facts) }),
      },
      ...this.asked(),
      at: this.call.receivedAt,
    };
    if (mode === 'relaxed') {
      this.requestEntry = uuidv7();
      return this.log.enqueue({ ...draft, id: this.requestEntry });
    }
    this.unrecorded = true;
    this.requestEntry = this.newest = await this.write(draft, () => this.unasked());
    this.unrecorded = false;
  }

  /** To have its answer repaired. Where no entry says that the call left (`standard`), a second one would look like another call. */
  private async leaveAgain(): Promise<void> {
    const { requestEntry, sent } = this;
    if (requestEntry === undefined) return;
    const { facts, ...common } = this.common();
    const draft: Draft = {
      ...common,
      facts: {
        ...facts,
        event: 'llm.request',
        parent: requestEntry,
        model: this.models.told(this.facts.model ?? this.call.request.model),
        metadata: repairMetadata(this.call),
      },
      // the caller never wrote this form of the call: what was sent is the original
      ...(sent && this.asked(this.terms.payload === 'none' ? undefined : await this.polished(sent))),
    };
    if (this.terms.mode === 'relaxed') return this.log.enqueue(draft);
    this.newest = await this.write(draft, () => this.unasked());
  }

  /** The answer that is to be repaired may hold what its provider alone was told. */
  private async polished(sent: WireRequest): Promise<WireRequest> {
    if (!this.mask || this.terms.payload === 'original') return sent;
    return { ...sent, body: JSON.parse(await this.mask(JSON.stringify(sent.body))) as JsonObject };
  }

  /** Makes it durable how the call ended. @throws GatewayError `audit_unavailable`: the answer must be withheld */
  async close(finished: CallFinished): Promise<void> {
    const { facts, left, requestEntry } = this;
    // it may find something, which the header then tells
    const said = await this.transcript.said(this.mask);
    const draft: Draft = {
      ...this.common(),
      facts: {
        ...this.common().facts,
        event: left || finished.outcome === 'answered' ? 'llm.response' : 'llm.refused',
        ...(requestEntry !== undefined && { parent: requestEntry }),
        ...outcomeOf(finished),
        metadata: {
          ...requestMetadata(this.call, this.size),
          ...inspectionMetadata(facts.inspection),
          ...flagMetadata(facts),
          ...deprecationMetadata(facts),
          ...selectionMetadata(facts),
          ...outcomeMetadata(facts, finished),
        },
        compliance_flags: flagsOf(facts, finished),
      },
      ...this.told(said, requestEntry === undefined),
    };
    if (this.unrecorded) return;
    if (finished.outcome === 'answered') this.models.add(finished.model, finished.providerModel);
    if (this.terms.mode === 'relaxed') return this.log.enqueue(draft);
    this.newest = await this.write(draft, () => this.withheld());
  }

  private async write(draft: Draft, late: () => Draft): Promise<string | undefined> {
    const [receipt] = await this.log.append({ ...draft, late });
    return receipt?.entryId;
  }

  private common(): Draft & { facts: { policy: object } } {
    const { call, identity } = this;
    return {
      ...(identity.user !== undefined && { subject: identity.user }),
      facts: {
        event: 'llm.response',
        request_id: call.requestId,
        tenant: call.caller.tenantId,
        actor: call.caller.keyId,
        ...(identity.user !== undefined && { user_id: identity.user }),
        ...(identity.session !== undefined && { session: identity.session }),
        ...(identity.turn !== undefined && { turn: identity.turn }),
        policy: { ...identity.policy, ...this.facts.inspection?.policy },
      },
    };
  }

  /** The prompt: a commitment to it always, its text where it may be kept. */
  private asked(kept = this.keptWire()): Pick<Draft, 'payload' | 'commit'> {
    const request = kept && {
      dialect: kept.dialect,
      body: withoutOptions(kept.body),
      ...(kept === this.call.wire && this.terms.payload === 'original' && { original: true }),
    };
    const body = (this.sent ?? this.call.wire).body;
    return { ...(request && { payload: { request } }), commit: { prompt: promptOf(body) } };
  }

  /** The answer, and the prompt where no entry before holds it. */
  private told(said: Said, withPrompt: boolean): Pick<Draft, 'payload' | 'commit'> {
    const spoke = said.choices.length > 0 || said.embeddings !== undefined;
    const asked = withPrompt ? this.asked() : undefined;
    const payload = {
      ...asked?.payload,
      ...(spoke && this.terms.payload !== 'none' && { response: said }),
    };
    return {
      ...(Object.keys(payload).length > 0 && { payload }),
      commit: { ...asked?.commit, ...(spoke && { response: said.choices }) },
    };
  }

  private keptWire(): WireRequest | undefined {
    const { payload } = this.terms;
    return payload === 'original' ? this.call.wire : payload === 'sanitized' ? this.sent : undefined;
  }

  /** The request became durable too late: nobody was asked. */
  private unasked(): Draft {
    return this.afterwards('refused');
  }

  /** The answer became durable too late: nobody got its end. */
  private withheld(): Draft {
    return this.afterwards('withheld');
  }

  private afterwards(outcome: string): Draft {
    const { facts } = this.common();
    return {
      ...this.common(),
      facts: {
        ...facts,
        event: 'llm.response',
        outcome,
        metadata: { call_id: this.call.id, error_code: UNAVAILABLE },
        compliance_flags: [outcome],
      },
    };
  }
}

function outcomeOf(
  finished: CallFinished,
): Pick<Facts, 'model' | 'model_resolved' | 'provider' | 'outcome' | 'cost_micros'> {
  const { model, provider, providerModel, outcome, cost } = finished;
  return {
    outcome,
    ...(model !== undefined && { model: text(model) }),
    ...(provider !== undefined && { provider }),
    ...(cost !== undefined && { cost_micros: String(microsOf(cost)) }),
    ...(provider !== undefined &&
      providerModel !== undefined && { model_resolved: text(`${provider}/${providerModel}`) }),
  };
}

/** Who looks for calls that nobody will end passes over those that are under way in a batch, for a day or longer. */
function requestFlags({ inBatch }: Call, { inspection }: Partial<CallFacts>): readonly string[] {
  return [...(inspection?.flags ?? []), ...(inBatch ? ['batch'] : [])].sort();
}

function flagsOf({ inspection, budget }: Partial<CallFacts>, { degraded, usage }: CallFinished): readonly string[] {
  return [
    ...(inspection?.flags ?? []),
    ...(degraded ? [`degraded.${degraded}`] : []),
    ...(usage?.estimated ? ['usage.estimated'] : []),
    ...(budget?.over ? ['over_budget'] : []),
  ].sort();
}

/** What a model reads of a body: what the commitment to a prompt covers. */
function promptOf(body: JsonObject): object {
  const { messages, input, system, instructions, tools } = body;
  return { messages, input, system, instructions, tools };
}

function withoutOptions(body: JsonObject): JsonObject {
  return 'gatehouse' in body ? Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'gatehouse')) : body;
}

const text = (name: string) => name.toWellFormed().slice(0, 300);
