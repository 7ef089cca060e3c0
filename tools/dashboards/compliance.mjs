import { panel, perSecond, quantiles } from './dashboard.mjs';

const ONE_IS_BAD = [
  ['green', null],
  ['red', 1],
];
const ZERO_IS_BAD = [
  ['red', null],
  ['green', 1],
];

export const compliance = {
  name: 'compliance',
  title: 'Gatehouse / Compliance',
  says: 'The audit log and the guards: whether both do what they promise.',
  sections: {
    'Audit log': [
      panel(
        'Last verification',
        { ok: 'min(audit_verify_ok)' },
        { type: 'stat', limits: ZERO_IS_BAD, says: '1: the whole log is as it was signed.' },
      ),
      panel(
        'Since the last verification',
        { since: 'time() - max(audit_verify_timestamp_seconds)' },
        { type: 'stat', unit: 's' },
      ),
      panel('The log contradicts itself', { stopped: 'max(audit_stopped)' }, { type: 'stat', limits: ONE_IS_BAD }),
      panel('Entries', { entries: 'sum(rate(audit_entries_total[$__rate_interval]))' }, { unit: 'ops' }),
      panel('Until an entry is durable', quantiles('audit_append_seconds'), { unit: 's' }),
      panel('The oldest entry without a checkpoint', { age: 'max(audit_checkpoint_age_seconds)' }, { unit: 's' }),
      panel('Waiting, in line and in the spool', {
        entries: 'sum(audit_queue_depth)',
        batches: 'sum(audit_spool_batches)',
      }),
      panel(
        'Refused and lost',
        {
          '{{reason}}': perSecond('audit_refused_total', 'reason'),
          lost: 'sum(rate(audit_lost_total[$__rate_interval]))',
        },
        { unit: 'ops' },
      ),
      panel(
        'Checkpointer, witnesses, anchors',
        { '{{what}}': 'min by (what) (audit_watch_ok)' },
        { limits: ZERO_IS_BAD },
      ),
    ],
    Guards: [
      panel(
        'Personal data found',
        { '{{direction}} {{entity}}': `topk(12, ${perSecond('guard_findings_total', 'direction,entity')})` },
        { unit: 'ops', stack: true },
      ),
      panel('Flags', { '{{flag}}': perSecond('guard_flags_total', 'flag') }, { unit: 'ops', stack: true }),
      panel(
        'Guards that could not run',
        { '{{flag}}': perSecond('guard_flags_total', 'flag', '{flag=~".*(unavailable|timeout)"}') },
        { unit: 'ops' },
      ),
    ],
    Access: [
      panel(
        'Turned away at the door',
        { '{{reason}}': perSecond('access_refused_total', 'reason') },
        { unit: 'reqps' },
      ),
      panel('Keys that govern, used', { logins: 'sum(increase(access_logins_total[1h]))' }),
      panel(
        'Glass broken, last 24 hours',
        { broken: 'sum(increase(audit_break_glass_total[24h]))' },
        { type: 'stat', limits: ONE_IS_BAD },
      ),
    ],
  },
};
