import type { Call } from '../../contract/call';
import type { Entity } from '../../contract/entities';
import { GatewayError } from '../../contract/errors';
import type { GuardMemory } from '../../contract/in-batch';
import type { PersonalDataPolicy } from '../../platform/config/guards';
import type { KeyedHash } from '../../platform/secrets/keyed-hash';
import { CallForms } from './forms';
import { GuardedCall } from './guarded-call';
import type { Canary } from './injection';
import type { InjectionGuard } from './injection-guard';
import { CallTexts, type Decode } from './inspect/call-texts';
import { Pace } from './inspect/pace';
import { type PlaceResult, searchPlaces } from './inspect/search-places';
import type { TextSearch } from './inspect/text-search';
import type { GuardPolicies } from './policy/guard-policies';
import { type GuardModes, NO_MODES, withModes } from './policy/guard-modes';
import { Report } from './report';
import { DetectorUnavailable } from './sidecar/detector-unavailable';
import { operators } from './tokens/operators';
import { TokenVault } from './tokens/vault';

export interface SanitizerParts {
  readonly policies: GuardPolicies;
  readonly search: TextSearch;
  readonly injection: InjectionGuard;
  readonly hash: KeyedHash;
  readonly decode: Decode;
  /** Where a provider is, by name. */
  readonly placeOf: (provider: string) => 'external' | 'local';
}

/** Reads calls before they leave, and makes the forms in which they may. */
export class Sanitizer {
  constructor(private readonly parts: SanitizerParts) {}

  /**
   * What was found, and whether the call is refused for it.
   * @param modes of guards, in place of those of the policy
   * @throws what `call.signal` was aborted with
   */
  async inspect(call: Call, modes: GuardModes = NO_MODES): Promise<GuardedCall> {
    const { policies, search, injection, hash, decode, placeOf } = this.parts;
    const held = withModes(policies.of({ id: call.caller.tenantId, name: call.caller.tenantName }), modes);
    const { personalData } = held.policy;
    const report = new Report({ guard_policy: held.hash, injection_rules: injection.rules.hash.slice(0, 32) });
    const texts = new CallTexts(call, decode);
    const pace = new Pace();

    const found = personalData.enabled ? await this.search(texts, personalData, report, pace, call.signal) : NOTHING;
    const assessed = await injection.assess(texts.places, held.policy.injection, report, pace, call.signal);
    const vault = new TokenVault(() => hash.digest('conversation', call.caller.tenantId, conversationOf(call, texts)));
    const known = call.inBatch?.way === 'back' ? call.inBatch.letter.memory : undefined;
    for (const { text } of texts.places) vault.reserve(text);
    if (known) vault.recall(known.tokens);
    await mintAll(found.searched, vault, pace);
    const operate = operators(vault, (text) => hash.digest('guard-hash', call.caller.tenantId, text).toString('hex'));
    const canary = known ? canaryOf(known) : assessed.canary;
    const forms = new CallForms({
      texts,
      ...found,
      policy: personalData,
      placeOf,
      operate,
      valueOf: (token) => vault.valueOf(token),
      decode,
      instructions: assessed.instructions,
      mark: assessed.mark,
      memory: () => ({ tokens: vault.all, ...(canary && { canary: canary.code }) }),
    });
    await forms.prepare(pace);
    return new GuardedCall({
      policy: held.policy,
      report,
      forms,
      vault,
      search,
      refusal: found.problem ?? assessed.refusal,
      canary,
      recalled: (known?.tokens.length ?? 0) > 0,
      whole: !call.request.stream,
    });
  }

  private async search(
    texts: CallTexts,
    policy: PersonalDataPolicy,
    report: Report,
    pace: Pace,
    signal: AbortSignal,
  ): Promise<Searching> {
    for (const what of texts.unscanned) report.flag(`unscanned.${what}`);
    let problem = policy.unscanned === 'block' ? unreadable(texts) : undefined;
    let results: readonly PlaceResult[] = [];
    try {
      const { search } = this.parts;
      results = await searchPlaces(search, texts.places, { policy, pace, signal });
      if (results.every(({ complete }) => complete)) {
        report.ran('input.pii');
        if (search.asksSidecar) report.ran('input.pii.sidecar');
      } else {
        report.flag('pii.timeout');
        if (policy.onFailure === 'block') problem ??= tooSlow();
      }
    } catch (error) {
      if (!(error instanceof DetectorUnavailable)) throw error;
      report.flag('pii.unavailable');
      if (policy.onFailure === 'block') problem ??= unavailable(error);
      // what rules see they see without the sidecar too
      results = await searchPlaces(this.parts.search.rulesOnly, texts.places, { policy, pace, signal });
      report.ran('input.pii');
    }
    const entities = new Set<Entity>();
    const searched = results.map((result) => result.searched);
    for (const one of searched) {
      if (!one) continue;
      for (const { entity } of one.findings) entities.add(entity);
      report.count('input', one.findings);
    }
    for (const entity of entities) report.flag(`pii.${entity}`);
    return { searched, entities, problem };
  }
}

/** What the call was sent with, hours ago. */
function canaryOf({ canary }: GuardMemory): Canary | undefined {
  return canary === undefined ? undefined : { code: canary };
}

interface Searching {
  readonly searched: readonly PlaceResult['searched'][];
  readonly entities: ReadonlySet<Entity>;
  readonly problem?: GatewayError | undefined;
}
const NOTHING: Searching = { searched: [], entities: new Set() };

/** Makes the tokens that the forms of the call will need, with breaks: there may be thousands. */
async function mintAll(searched: Searching['searched'], vault: TokenVault, pace: Pace): Promise<void> {
  for (const one of searched) {
    if (!one) continue;
    for (const [entity, value] of one.values()) {
      vault.mint(entity, value);
      if (pace.due) await pace.rest();
    }
  }
}

/** What belongs to one conversation: what its caller calls so, or else everything that begins with the same words. */
function conversationOf({ caller, user, session }: Call, { places }: CallTexts): string {
  const first = places.find(({ origin, kind }) => origin === 'user' && kind === 'text') ?? places[0];
  return JSON.stringify([caller.keyId, user, session ?? first?.passage.identity]);
}

function unreadable({ unscanned }: CallTexts): GatewayError | undefined {
  if (!unscanned.length) return undefined;
  return new GatewayError(
    'prompt_rejected',
    `The call holds what cannot be searched for personal data: ${unscanned.join(', ')}`,
  );
}

function tooSlow(): GatewayError {
  return new GatewayError(
    'prompt_rejected',
    'The call could not be searched for personal data in the time that it may take',
  );
}

function unavailable(cause: DetectorUnavailable): GatewayError {
  return new GatewayError('overloaded', 'The call cannot be searched for personal data now', { retryAfter: 2, cause });
}
