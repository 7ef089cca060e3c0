import type { Call, CallFacts, CallRecord, PromptSize } from '../contract/call';
import type { CallFinished } from '../contract/events';
import { uuidv7 } from '../contract/ids';
import type { JsonObject } from '../contract/json';
import { microsOf } from '../contract/money';
import type { ReplyEvent } from '../contract/reply';
import type { WireRequest } from '../contract/wire';
import { type AuditLog, type Draft, type Facts, inOrder } from '../features/audit';
import type { AuditTerms } from './audit-terms';
import { callMetadata, repairMetadata } from './call-facts';
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

type OwnFacts = Omit<Draft['facts'], 'request_id' | 'tenant' | 'actor' | 'user_id' | 'session' | 'turn' | 'policy'>;
type Content = Pick<Draft, 'payload' | 'commit'>;

const UNAVAILABLE = 'audit_unavailable';

/** One call's account with the log: what is learnt of the call on its way, and the entries about it. */
export class CallAccount implements CallRecord {
  readonly facts: Partial<CallFacts> = {};
  private readonly transcript: Transcript;
  private sent: WireRequest | undefined;
  private mask: ((text: string) => Promise<string>) | undefined;
  private policy: Facts['policy'];
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
    const flags = requestFlags(this.call, this.facts);
    const own = {
      event: 'llm.request',
      model: this.models.told(this.facts.model ?? this.call.request.model),
      metadata: callMetadata(this.call, this.size, this.facts),
      compliance_flags: flags.length ? flags : undefined,
    } as const;
    const draft = this.draft(own, this.asked(), () => this.unasked());
    const { receivedAt: at } = this.call;
    if (mode === 'relaxed') {
      this.requestEntry = uuidv7();
      return this.log.enqueue({ ...draft, at, id: this.requestEntry });
    }
    this.unrecorded = true;
    this.requestEntry = this.newest = await this.write({ ...draft, at });
    this.unrecorded = false;
  }

  /** To have its answer repaired. Where no entry says that the call left (`standard`), a second one would look like another call. */
  private async leaveAgain(): Promise<void> {
    const { requestEntry, sent } = this;
    if (requestEntry === undefined) return;
    const own = {
      event: 'llm.request',
      parent: requestEntry,
      model: this.models.told(this.facts.model ?? this.call.request.model),
      metadata: repairMetadata(this.call),
    } as const;
    // the caller never wrote this form of the call: what was sent is the original
    const asked = sent && this.asked(this.terms.payload === 'none' ? undefined : await this.polished(sent));
    const draft = this.draft(own, asked, () => this.unasked());
    if (this.terms.mode === 'relaxed') return this.log.enqueue(draft);
    this.newest = await this.write(draft);
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
    const own = {
      event: left || finished.outcome === 'answered' ? 'llm.response' : 'llm.refused',
      parent: requestEntry,
      ...outcomeOf(finished),
      metadata: callMetadata(this.call, this.size, facts, finished),
      compliance_flags: flagsOf(facts, finished),
    } as const;
    const draft = this.draft(own, this.told(said, requestEntry === undefined), () => this.withheld());
    if (this.unrecorded) return;
    if (finished.outcome === 'answered') this.models.add(finished.model, finished.providerModel);
    if (this.terms.mode === 'relaxed') return this.log.enqueue(draft);
    this.newest = await this.write(draft);
  }

  private async write(draft: Draft): Promise<string | undefined> {
    const [receipt] = await this.log.append(draft);
    return receipt?.entryId;
  }

  /** What every entry about the call says, and what this one says besides. */
  private draft(own: OwnFacts, content: Content | undefined, late?: () => Draft): Draft {
    const { call, identity } = this;
    return {
      subject: identity.user,
      facts: {
        ...own,
        request_id: call.requestId,
        tenant: call.caller.tenantId,
        actor: call.caller.keyId,
        user_id: identity.user,
        session: identity.session,
        turn: identity.turn,
        policy: (this.policy ??= inOrder({ ...identity.policy, ...this.facts.inspection?.policy })),
      },
      payload: content?.payload,
      commit: content?.commit,
      late,
    };
  }

  /** The prompt: a commitment to it always, its text where it may be kept. */
  private asked(kept = this.keptWire()): Content {
    const request = kept && {
      dialect: kept.dialect,
      body: withoutOptions(kept.body),
      original: kept === this.call.wire && this.terms.payload === 'original' ? true : undefined,
    };
    const body = (this.sent ?? this.call.wire).body;
    return { payload: request && { request }, commit: { prompt: promptOf(body) } };
  }

  /** The answer, and the prompt where no entry before holds it. */
  private told(said: Said, withPrompt: boolean): Content {
    const spoke = said.choices.length > 0 || said.embeddings !== undefined;
    const asked = withPrompt ? this.asked() : undefined;
    const response = spoke && this.terms.payload !== 'none' ? said : undefined;
    return {
      payload: asked?.payload || response ? { ...asked?.payload, response } : undefined,
      commit: { ...asked?.commit, response: spoke ? said.choices : undefined },
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
    const metadata = { call_id: this.call.id, error_code: UNAVAILABLE };
    return this.draft({ event: 'llm.response', outcome, metadata, compliance_flags: [outcome] }, undefined);
  }
}

function outcomeOf(
  finished: CallFinished,
): Pick<Facts, 'model' | 'model_resolved' | 'provider' | 'outcome' | 'cost_micros'> {
  const { model, provider, providerModel, outcome, cost } = finished;
  const isResolved = provider !== undefined && providerModel !== undefined;
  return {
    outcome,
    model: model === undefined ? undefined : text(model),
    provider,
    cost_micros: cost === undefined ? undefined : String(microsOf(cost)),
    model_resolved: isResolved ? text(`${provider}/${providerModel}`) : undefined,
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
