import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { JsonObject } from '../../../contract/json';
import type { EntryKind } from '../incident';
import type { Recorded } from './incident-change';

/** Something that happened and is not in the audit log yet. */
export interface Unrecorded {
  readonly incidentId: string;
  readonly n: number;
  readonly kind: EntryKind;
  readonly at: Date;
  readonly subject: string;
  readonly rule: string;
  readonly severity: string;
  readonly facts: JsonObject;
}

const AT_ONCE = 50;
/** Those that nobody else is recording. */
const NEXT = `
  select e.incident_id as "incidentId", e.n, e.kind, e.at, i.subject, i.rule, i.severity, e.facts
  from incident_entries e join incidents i on i.id = e.incident_id
  where e.record is null order by e.at, e.n limit ${AT_ONCE} for update of e skip locked`;
const SET = `update incident_entries set record = $3, record_index = $4 where incident_id = $1 and n = $2`;

/** Joins the timelines of incidents and the audit log. */
@Injectable()
export class IncidentRecords {
  constructor(private readonly database: DataSource) {}

  /**
   * Hands what is not recorded to `record`, in order. A process that dies in between may record something twice, under the
   * same incident and number.
   * @param record undefined: this kind of entry is none of the log's
   */
  async record(record: (entry: Unrecorded) => Promise<Recorded | undefined>): Promise<void> {
    await this.database.transaction(async (db) => {
      for (const entry of await db.query<Unrecorded[]>(NEXT)) {
        const recorded = await record(entry);
        await db.query(SET, [entry.incidentId, entry.n, recorded?.id ?? '', recorded?.index ?? null]);
      }
    });
  }
}
