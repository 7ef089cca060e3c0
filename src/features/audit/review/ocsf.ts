import type { AuditEvent, Header } from '../format/header';

/** The schema that the records are shaped by: https://schema.ocsf.io/1.3.0/classes/api_activity */
export const OCSF_VERSION = '1.3.0';
const CATEGORY = 6;
const CLASS = 6003;

const CREATE = 1;
const READ = 2;
const UPDATE = 3;
const DELETE = 4;
const OTHER = 99;
const ACTIVITY_NAMES: Readonly<Record<number, string>> = {
  [CREATE]: 'Create',
  [READ]: 'Read',
  [UPDATE]: 'Update',
  [DELETE]: 'Delete',
  [OTHER]: 'Other',
};
const ACTIVITIES: Partial<Record<AuditEvent, number>> = {
  'tenant.create': CREATE,
  'tenant.change': UPDATE,
  'key.create': CREATE,
  'key.revoke': DELETE,
  'policy.change': UPDATE,
  'flag.change': UPDATE,
  'flag.kill': UPDATE,
  'flag.revive': UPDATE,
  'flag.reset': DELETE,
  'alias.change': UPDATE,
  'alias.reset': DELETE,
  'model.change': UPDATE,
  'model.reset': DELETE,
  'incident.opened': CREATE,
  'incident.changed': UPDATE,
  'incident.escalated': UPDATE,
  'incident.acknowledged': UPDATE,
  'incident.noted': UPDATE,
  'incident.remediated': UPDATE,
  'incident.reverted': UPDATE,
  'incident.resolved': UPDATE,
  'budget.create': CREATE,
  'budget.change': UPDATE,
  'budget.delete': DELETE,
  'job.submit': CREATE,
  'job.cancel': DELETE,
  'job.retry': UPDATE,
  'eval.start': CREATE,
  'promotion.request': CREATE,
  'promotion.evaluate': UPDATE,
  'promotion.approve': UPDATE,
  'promotion.reject': UPDATE,
  'promotion.cancel': UPDATE,
  'promotion.step': UPDATE,
  'promotion.complete': UPDATE,
  'promotion.rollback': UPDATE,
  'webhook.secret': UPDATE,
  'webhook.redeliver': UPDATE,
  'feedback.recorded': CREATE,
  'cache.purge': DELETE,
  'deploy.step': UPDATE,
  'key.rotate': UPDATE,
  'key.shred': DELETE,
  'hold.place': CREATE,
  'hold.release': DELETE,
  'retention.drop': DELETE,
  'audit.query': READ,
  'audit.read': READ,
  'audit.proof': READ,
  'audit.reveal': READ,
  'audit.break_glass': READ,
  'audit.sample': READ,
  'audit.export': READ,
};

const INFORMATIONAL = 1;
const MEDIUM = 3;
const HIGH = 4;
const SEVERITIES: Partial<Record<AuditEvent, number>> = {
  'audit.break_glass': HIGH,
  'audit.loss': HIGH,
  'log.discontinuity': HIGH,
  'incident.opened': HIGH,
  'incident.escalated': HIGH,
  'incident.remediated': MEDIUM,
  'llm.orphan': MEDIUM,
  'writer.lost': MEDIUM,
  'access.refused': MEDIUM,
  'key.shred': MEDIUM,
  'retention.drop': MEDIUM,
};
const SEVERITY_NAMES: Readonly<Record<number, string>> = {
  [INFORMATIONAL]: 'Informational',
  [MEDIUM]: 'Medium',
  [HIGH]: 'High',
};

const SUCCESS = 1;
const FAILURE = 2;
const UNKNOWN = 0;
const STATUS_NAMES: Readonly<Record<number, string>> = {
  [UNKNOWN]: 'Unknown',
  [SUCCESS]: 'Success',
  [FAILURE]: 'Failure',
};

/**
 * An entry as an API Activity record of the Open Cybersecurity Schema Framework. What it has no word for is in `unmapped`.
 * @param exportId the watermark of the file that it goes into
 */
export function ocsfRecord(header: Header, index: number, exportId?: string): object {
  const activity = ACTIVITIES[header.event] ?? OTHER;
  const severity = SEVERITIES[header.event] ?? INFORMATIONAL;
  const status = statusOf(header);
  return {
    activity_id: activity,
    activity_name: activity === OTHER ? header.event : ACTIVITY_NAMES[activity],
    category_uid: CATEGORY,
    category_name: 'Application Activity',
    class_uid: CLASS,
    class_name: 'API Activity',
    type_uid: CLASS * 100 + activity,
    time: Date.parse(header.ts),
    severity_id: severity,
    severity: SEVERITY_NAMES[severity],
    status_id: status,
    status: STATUS_NAMES[status],
    ...(header.outcome !== undefined && { status_detail: header.outcome }),
    metadata: {
      version: OCSF_VERSION,
      product: { name: 'Gatehouse', vendor_name: 'Gatehouse' },
      uid: header.entry_id,
      log_name: header.log,
      sequence: index,
      event_code: header.event,
      ...(header.tenant !== undefined && { tenant_uid: header.tenant }),
      ...(header.request_id !== undefined && { correlation_uid: header.request_id }),
    },
    actor: actorOf(header),
    api: {
      operation: header.event,
      service: { name: header.provider ?? 'gatehouse' },
      ...(header.request_id !== undefined && { request: { uid: header.request_id } }),
    },
    src_endpoint: { svc_name: 'gatehouse', uid: header.writer },
    ...(header.model !== undefined && { resources: [{ type: 'model', name: header.model_resolved ?? header.model }] }),
    unmapped: { ...unmapped(header), export: exportId },
  };
}

function actorOf({ user_id, actor, session }: Header): object {
  return {
    ...(actor === undefined ? { app_name: 'gatehouse' } : { app_uid: actor }),
    ...(user_id !== undefined && { user: { uid: user_id, type_id: 1 } }),
    ...(session !== undefined && { session: { uid: session } }),
  };
}

function statusOf({ event, outcome }: Header): number {
  if (event === 'llm.refused' || event === 'access.refused') return FAILURE;
  if (event === 'llm.orphan') return UNKNOWN;
  return outcome === undefined || outcome === 'answered' || outcome === 'intended' || outcome === 'ok'
    ? SUCCESS
    : FAILURE;
}

function unmapped({ parent, turn, cost_micros, compliance_flags, policy, metadata, ...header }: Header): object {
  const { prompt_hash, response_hash, ct_hash } = header;
  return { parent, turn, cost_micros, compliance_flags, policy, metadata, prompt_hash, response_hash, ct_hash };
}
