import { usdText } from '../../../contract/money';
import type { Json, JsonObject } from '../../../contract/json';
import type { EntryKind, FullIncident, IncidentRemedy, TimelineEntry } from '../incident';
import { figuresOf } from './figures';

const MOST_TENANTS = 50;

type Words = Readonly<Record<string, string>>;
const WHAT: Readonly<Record<EntryKind, (facts: Words) => string>> = {
  opened: ({ rule, name, value }) => `Opened: ${rule} on ${name}, at ${value}`,
  signal: ({ rule, name, value }) => `Heard too: ${rule} on ${name}, at ${value}`,
  severity: ({ from, to }) => `Severity raised from ${from} to ${to}`,
  escalated: ({ rule, after_seconds }) => `Escalated: ${rule}, not acknowledged after ${after_seconds} s`,
  remediated: ({ action, target }) => `Done by the gateway: ${action} ${target}`,
  not_remediated: ({ action, target, reason }) => `Not done: ${action} ${target} (${reason})`,
  reverted: ({ action, target }) => `Reverted: ${action} ${target}`,
  not_reverted: ({ action, target, reason }) => `Not reverted: ${action} ${target} (${reason})`,
  trial: ({ trial }) => `All is quiet: trial ${trial}, what was done is undone`,
  trial_failed: ({ rule, name, value }) => `The trial failed: ${rule} on ${name}, at ${value}`,
  acknowledged: () => 'Acknowledged',
  note: () => 'Note',
  notified: ({ channel, kind }) => `Told ${channel}: ${kind}`,
  not_notified: ({ channel, kind, reason }) => `Could not tell ${channel}: ${kind} (${reason})`,
  resolved: () => 'Resolved',
};

/** A post-mortem, as far as facts go. The same of the same incident, whenever it is written. */
export function reportOf(incident: FullIncident): string {
  const parts = [
    `# Incident: ${code(incident.rule)} on ${code(incident.subject)}`,
    summary(incident),
    section('Times', times(incident)),
    section('What was heard', signals(incident)),
    section('Impact', impact(incident)),
    section('What happened', table(['Time (UTC)', 'What', 'Who', 'Record'], incident.timeline.map(row))),
    section('What the gateway did', remedies(incident.remedies)),
    section('What people did', people(incident.timeline)),
    section('Evidence', evidence(incident)),
    section('Follow-ups', '<!-- for people: causes, what went well, what will be changed, by whom and when -->'),
  ];
  return `${parts.join('\n\n')}\n`;
}

function summary({ id, severity, state, revision }: FullIncident): string {
  return table(['Incident', 'Severity', 'State', 'Revision'], [[code(id), severity, state, String(revision)]]);
}

function times(incident: FullIncident): string {
  const { beganAt, openedAt, acknowledgedAt, mitigatedAt, resolvedAt } = incident;
  const after = figuresOf(incident);
  return table(
    ['', 'Time (UTC)', 'After detection'],
    [
      ['Began', time(beganAt), `${seconds(after.detectedAfter)} before`],
      ['Detected', time(openedAt), ''],
      ['Acknowledged', time(acknowledgedAt), seconds(after.acknowledgedAfter)],
      ['Mitigated', time(mitigatedAt), seconds(after.mitigatedAfter)],
      ['Resolved', time(resolvedAt), seconds(after.resolvedAfter)],
    ],
  );
}

function signals({ signals: heard }: FullIncident): string {
  return table(
    ['Rule', 'Signal', 'Of', 'Severity', 'Since', 'Last', 'Peak'],
    heard.map(({ rule, signal, name, severity, beganAt, lastAt, peak }) => [
      code(rule),
      signal,
      code(name),
      severity,
      time(beganAt),
      time(lastAt),
      figure(peak),
    ]),
  );
}

function impact({ impact: sum, tenants }: FullIncident): string {
  const { failed, helped, tries, cost, unpriced } = sum;
  const lines = [
    `- Calls that failed: ${failed}`,
    `- Calls that another model answered: ${helped}`,
    `- Times that the provider was asked and failed: ${tries}`,
    `- Cost: ${usdText(cost)} USD (failed calls, and what stand-ins cost more than the model that was meant)${unpriced ? `; ${unpriced} calls have no known price` : ''}`,
    `- Tenants: ${tenants.length}`,
  ];
  if (!tenants.length) return lines.join('\n');
  const rows = tenants
    .slice(0, MOST_TENANTS)
    .map((one) => [code(one.tenantId), String(one.failed), String(one.helped)]);
  return `${lines.join('\n')}\n\n${table(['Tenant', 'Failed', 'Answered by another'], rows)}`;
}

function remedies(all: readonly IncidentRemedy[]): string {
  if (!all.length) return 'Nothing.';
  return table(
    ['', 'Action', 'Target', 'Rule', 'Done', 'Reverted', 'State'],
    all.map(({ n, action, target, rule, doneAt, revertedAt, state, reason }) => [
      String(n),
      action,
      code(target),
      code(rule),
      time(doneAt),
      time(revertedAt),
      reason === undefined ? state : `${state}: ${reason}`,
    ]),
  );
}

function people(timeline: readonly TimelineEntry[]): string {
  const theirs = timeline.filter(({ by }) => by !== undefined);
  if (!theirs.length) return 'Nothing.';
  return theirs
    .map((entry) => {
      const line = `- ${time(entry.at)} ${WHAT[entry.kind](wordsOf(entry.facts))}, by ${code(entry.by ?? '')}`;
      return entry.text === undefined ? line : `${line}\n\n${quoted(entry.text)}\n`;
    })
    .join('\n');
}

function evidence({ timeline }: FullIncident): string {
  const indexes = timeline.flatMap(({ recordIndex }) => recordIndex ?? []);
  if (!indexes.length) return 'Nothing is on the record yet.';
  const [first, last] = [Math.min(...indexes), Math.max(...indexes)];
  return [
    `${indexes.length} of ${timeline.length} entries of this timeline are in the audit log, at the indexes ${first} to ${last}.`,
    `A checkpoint of size ${last + 1} or more covers them: \`GET /v1/audit/checkpoint\`; \`GET /v1/audit/proofs/<record>\` proves each.`,
  ].join('\n');
}

function row({ at, kind, facts, by, record, recordIndex }: TimelineEntry): string[] {
  const place = recordIndex === undefined ? (record ?? '') : `${recordIndex}`;
  return [time(at), cell(WHAT[kind](wordsOf(facts))), by === undefined ? 'gateway' : code(by), place];
}

function wordsOf(facts: JsonObject): Words {
  const word = (value: Json): string =>
    typeof value === 'number' ? figure(value) : typeof value === 'string' ? value : JSON.stringify(value);
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, word(value)]));
}

function section(title: string, text: string): string {
  return `## ${title}\n\n${text}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const time = (at: Date | undefined): string => at?.toISOString().replace('T', ' ').replace('Z', '') ?? '–';
const seconds = (n: number | undefined): string => (n === undefined ? '–' : `${n.toFixed(1)} s`);
const figure = (value: unknown): string =>
  typeof value === 'number' ? String(Math.round(value * 1_000) / 1_000) : '–';
/** Names may hold anything. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/[\r\n`<]/g, ' ');
const code = (text: string): string => `\`${cell(text)}\``;
const quoted = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => `  > ${line.replaceAll('<', '&lt;')}`)
    .join('\n');
