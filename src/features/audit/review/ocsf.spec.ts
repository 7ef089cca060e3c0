import type { Header } from '../format/header';
import { ocsfRecord } from './ocsf';

const header: Header = {
  v: 1,
  log: 'gatehouse.test/audit',
  entry_id: '01890000-0000-7000-8000-000000000000',
  ts: '2026-11-20T20:45:01.123Z',
  writer: 'w_0123456789012345678901',
  event: 'llm.response',
  request_id: 'r1',
  tenant: 't',
  actor: 'k',
  user_id: 's_1',
  session: 'x',
  model: 'fast',
  model_resolved: 'openai/gpt',
  provider: 'openai',
  outcome: 'answered',
  metadata: { attempts: 1 },
};

/** What API Activity demands of every record. */
const REQUIRED = [
  'activity_id',
  'actor',
  'api',
  'category_uid',
  'class_uid',
  'metadata',
  'severity_id',
  'src_endpoint',
  'time',
  'type_uid',
];

describe('ocsfRecord', () => {
  it('has what the class demands', () => {
    const record = ocsfRecord(header, 7) as Record<string, unknown>;
    for (const name of REQUIRED) expect(record).toHaveProperty(name);
    expect(record).toMatchObject({
      class_uid: 6003,
      activity_id: 99,
      type_uid: 600_399,
      time: 1_795_207_501_123,
      status: 'Success',
      metadata: { version: '1.3.0', uid: header.entry_id, sequence: 7, correlation_uid: 'r1' },
      actor: { app_uid: 'k', user: { uid: 's_1' } },
      api: { operation: 'llm.response', service: { name: 'openai' }, request: { uid: 'r1' } },
      unmapped: { metadata: { attempts: 1 } },
    });
  });

  it('knows reading from destroying, and what is grave', () => {
    expect(ocsfRecord({ ...header, event: 'audit.break_glass' }, 1)).toMatchObject({
      activity_id: 2,
      severity: 'High',
    });
    expect(ocsfRecord({ ...header, event: 'key.shred' }, 1)).toMatchObject({ type_uid: 600_304, severity: 'Medium' });
    expect(ocsfRecord({ ...header, event: 'llm.refused', outcome: 'refused' }, 1)).toMatchObject({ status: 'Failure' });
  });
});
