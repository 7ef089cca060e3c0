import type { CallRecord, GuardedAs } from '../../contract/call';
import { GatewayError } from '../../contract/errors';
import { passing } from '../../contract/passing';
import type { Reply } from '../../contract/reply';
import type { GuardPolicy } from '../../platform/config/guards';
import type { CallForms } from './forms';
import { type Canary, checkOutput } from './injection';
import type { Form } from './inspect/call-texts';
import { inTurns } from './inspect/in-turns';
import { Pace } from './inspect/pace';
import { Passage } from './inspect/passage';
import type { TextSearch } from './inspect/text-search';
import { guardedPieces } from './output/guarded-pieces';
import type { Report } from './report';
import { restoredPieces } from './restore/restored-pieces';
import type { TokenVault } from './tokens/vault';

export interface GuardedParts {
  readonly policy: GuardPolicy;
  readonly report: Report;
  readonly forms: CallForms;
  readonly vault: TokenVault;
  readonly search: TextSearch;
  readonly refusal: GatewayError | undefined;
  readonly canary: Canary | undefined;
  /** Tokens of an earlier process stand in what was sent. */
  readonly recalled: boolean;
  /** The caller gets the answer in one piece. */
  readonly whole: boolean;
}

/** A call that was read, on its way out and back. */
export class GuardedCall {
  /** Everything personal is a token: what may be kept, and compared with other calls. */
  readonly masked: Form;
  readonly as: GuardedAs;

  constructor(private readonly parts: GuardedParts) {
    const { forms, report, vault } = parts;
    this.masked = forms.masked;
    const values = vault.fingerprint;
    this.as = { policy: report.policy, ...(values !== undefined && { values }) };
  }

  get outgoing(): CallForms {
    return this.parts.forms;
  }

  get facts(): Report {
    return this.parts.report;
  }

  /** Why the call is not to be answered. */
  get refusal(): GatewayError | undefined {
    return this.parts.refusal;
  }

  /** A text of the answer with everything personal replaced by tokens, as the record keeps it. What is found is counted. */
  readonly polish = async (text: string): Promise<string> => {
    const { report, policy, search, vault } = this.parts;
    if (policy.output.links === 'monitor') {
      report.ran('output.links');
      for (const { fault } of checkOutput(text, policy.output)) report.flag(`output.${fault}`);
    }
    if (!policy.personalData.enabled || policy.output.personalData === 'off' || text === '') return text;
    const pace = new Pace();
    const wanted = { policy: policy.personalData, pace, signal: NEVER };
    const { searched, complete } = await search.rulesOnly.search(
      { kind: 'text', passage: new Passage(text), name: '' },
      wanted,
    );
    if (complete) report.ran('output.pii');
    else report.flag('output.timeout');
    if (!searched) return text;
    report.count('output', searched.findings);
    for (const { entity } of searched.findings) report.flag(`output.${entity}`);
    return inTurns(
      searched.rewriting((entity, value) => vault.mintIfRoom(entity, value)),
      pace,
    );
  };

  /**
   * The answer as the caller gets it. In this order: what the model says is read, taken down for the record while it still tells
   * tokens, and then gets back what they stand for; so what is put back is never taken for something the model said.
   */
  answered(reply: Reply, record: CallRecord): Reply {
    const { report, policy, vault, forms, whole, recalled } = this.parts;
    const read = guardedPieces(reply.pieces, this.parts);
    const heard = passing(read, {
      piece: ({ events }) => {
        for (const event of events) record.hear(event);
      },
    });
    const restores = policy.personalData.restore && (recalled || forms.tokenizes(reply.provider));
    const pieces = restores ? restoredPieces(heard, vault, forms.names, { whole, tally: report.restoring() }) : heard;
    return { ...reply, pieces, guards: () => report.guards };
  }
}

/** The record is written whether the caller is still there or not. */
const NEVER = new AbortController().signal;
