/** The signed part of an entry. docs/audit-format.md defines it for those who verify the log in another language. */

/** Everything that is ever recorded. The first word is the area; filters accept it followed by `.*`. */
export const EVENTS = [
  'llm.request', // what leaves for a provider; durable before it does
  'llm.response', // how a call ended
  'llm.refused', // a call that was turned away before anything left
  'llm.orphan', // a request whose process died: its outcome is unknown
  'writer.open', // a process certifies the key that it signs with
  'writer.close',
  'writer.lost', // a process that never closed
  'writer.heartbeat', // silence is evidence
  'config.loaded', // hashes of what was configured
  'tenant.create',
  'tenant.change',
  'key.create',
  'key.revoke',
  'budget.create',
  'budget.change',
  'budget.delete',
  'budget.alert', // spending reached a share of a limit, once for each window
  'job.submit', // work is handed in that is done later
  'job.cancel',
  'job.retry',
  'webhook.secret', // with what the webhooks of a tenant are signed is made anew
  'webhook.redeliver',
  'usage.reprice', // what past calls cost is computed anew
  'policy.change', // what is done about personal data and hostile text
  'flag.change', // what a feature flag is
  'flag.kill', // everybody gets its default
  'flag.revive',
  'flag.reset', // what was set about it is gone
  'alias.change', // which models an alias stands for
  'alias.reset', // what was set about it is gone
  'model.change', // what is known of a model
  'model.reset',
  'feedback.recorded', // what somebody thought of an answer
  'eval.start', // models are asked the cases of a suite
  'eval.finish', // how they did
  'promotion.request', // a model is to take the place of another behind an alias
  'promotion.evaluate', // what its eval gave
  'promotion.approve', // a second person agrees: its canary begins
  'promotion.reject',
  'promotion.cancel',
  'promotion.step', // a larger share of calls gets it
  'promotion.complete', // the alias stands for it
  'promotion.rollback', // and does not any more, or never did
  'incident.opened', // something is wrong, by a rule
  'incident.changed', // more was heard of it, or what was done about it is undone on trial
  'incident.escalated', // it became graver, or nobody acknowledged it
  'incident.acknowledged', // somebody looks after it
  'incident.noted',
  'incident.remediated', // the gateway does something about it
  'incident.reverted', // and undoes it
  'incident.notified', // somebody was told, or could not be
  'incident.resolved',
  'cache.purge', // kept answers are removed
  'deploy.step', // a release of the gateway is brought to its callers, or taken back
  'access.login', // a key that governs is used for the first time in a while
  'access.refused', // wrong keys and missing roles, counted
  'audit.query', // somebody reads the log
  'audit.read',
  'audit.proof',
  'audit.reveal',
  'audit.break_glass',
  'audit.review', // the look back that follows a break-glass
  'audit.sample',
  'audit.export',
  'audit.verify',
  'audit.loss', // entries that a relaxed tenant lost, counted
  'audit.late', // entries that waited in the spool
  'approval.request',
  'approval.grant',
  'approval.deny',
  'hold.place',
  'hold.release',
  'key.shred', // content is about to become unreadable
  'key.rotate',
  'secret.loaded',
  'secret.rotated',
  'segment.seal',
  'retention.plan',
  'retention.approve',
  'retention.drop',
  'log.discontinuity', // a new epoch: the database was restored
] as const;
export type AuditEvent = (typeof EVENTS)[number];

/** Restricted JSON: no null, no fractions; whole numbers from 0 to 2^53 - 1. */
export type Plain = string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain | undefined };
export type PlainObject = { readonly [key: string]: Plain | undefined };

/** What a writer adds; everything else is in the draft. */
export interface Stamp {
  readonly v: 1;
  /** The origin of the log, as in its checkpoints. */
  readonly log: string;
  /** UUID, version 7. */
  readonly entry_id: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly ts: string;
  /** `w_` and 22 characters: which process wrote it. */
  readonly writer: string;
}

/** Present when the entry has a payload. */
export interface Sealing {
  /** `dk_` and the id of the data key. */
  readonly key_id: string;
  /** Hex. */
  readonly key_commit: string;
  /** `sha256:` and hex. */
  readonly ct_hash: string;
  readonly ct_len: number;
}

/** Facts, never content and never personal data: `user_id` is a random name whose meaning is kept elsewhere, and may be forgotten. */
export interface Facts {
  readonly event: AuditEvent;
  readonly request_id?: string;
  /** The entry this one completes: its `entry_id`. */
  readonly parent?: string;
  readonly tenant?: string;
  /** The API key that acted. */
  readonly actor?: string;
  readonly user_id?: string;
  /** A keyed pseudonym. */
  readonly session?: string;
  /** The number of the call in its session, from 1. */
  readonly turn?: number;
  readonly model?: string;
  /** provider/model */
  readonly model_resolved?: string;
  readonly provider?: string;
  readonly outcome?: string;
  /** `hmac-sha256:` and hex; see `payload.ts`. */
  readonly prompt_hash?: string;
  readonly response_hash?: string;
  /** Micro-dollars, as text. */
  readonly cost_micros?: string;
  readonly metadata?: PlainObject;
  /** Sorted. */
  readonly compliance_flags?: readonly string[];
  /** Hashes of what was in force. */
  readonly policy?: { readonly [name: string]: string };
}

export type Header = Stamp & Facts & Partial<Sealing>;
