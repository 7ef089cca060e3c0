import { type IncidentRule, type Incidents, type RemedyAction, type Scope, scopeOf, SIGNALS } from './incidents';
import type { Problems } from './problems';
import { OutgoingHosts } from '../outbound/outgoing-hosts';
import type { WebhookSettings } from './webhook-settings';

const FILE = 'incidents.yaml';
const LONGEST_WINDOW_MS = 3_600_000;
/** What an action can be done to. A flag is named by the action itself. */
const TARGETS: Readonly<Record<RemedyAction, readonly Scope[] | undefined>> = {
  fail_over: ['provider', 'model'],
  disable_model: ['provider', 'model'],
  disable_key: ['key'],
  roll_back_flag: undefined,
};

/** Notes every rule that could never take effect, or not as it is written. */
export function checkIncidents(
  { channels, rules }: Incidents,
  providers: ReadonlySet<string>,
  problems: Problems,
): void {
  const names = new Set<string>();
  for (const [i, rule] of rules.entries()) {
    const at = `${FILE} rules[${i}]`;
    if (names.has(rule.name)) problems.add(`${at}.name`, `there is another rule ${rule.name}`);
    names.add(rule.name);
    for (const [path, problem] of mistakesIn(rule, providers)) problems.add(`${at}.${path}`, problem);
    const told = [rule.notify, ...rule.escalate.map(({ notify }) => notify)];
    for (const [step, listed] of told.entries())
      for (const name of listed)
        if (!Object.hasOwn(channels, name))
          problems.add(`${at}.${step ? `escalate[${step - 1}].` : ''}notify`, `there is no channel ${name}`);
  }
}

/** Notes channels that lead where nothing may be sent. Of an address that is itself a secret that is found when it is used. */
export function checkChannels(
  { channels }: Incidents,
  { allow }: Pick<WebhookSettings, 'allow'>,
  problems: Problems,
): void {
  const hosts = new OutgoingHosts(allow);
  for (const [name, channel] of Object.entries(channels)) {
    if (channel.type === 'slack') continue;
    const refusal = hosts.refusal(new URL(channel.url));
    if (refusal !== undefined)
      problems.add(`${FILE} channels.${name}.url`, `${refusal} (webhooks.allow in gatehouse.yaml)`);
  }
}

function* mistakesIn(
  { when, resolve, remediate, escalate }: IncidentRule,
  providers: ReadonlySet<string>,
): Generator<readonly [path: string, problem: string]> {
  const { measure, scopes } = SIGNALS[when.signal];
  const scope = scopeOf(when);
  if (!(scopes as readonly Scope[]).includes(scope))
    yield ['when.scope', `${when.signal} is measured on ${scopes.join(', ')}`];
  if (measure === 'ratio' && when.threshold > 1) yield ['when.threshold', 'is a share: at most 1'];
  if (when.over > LONGEST_WINDOW_MS) yield ['when.over', 'is at most an hour'];
  if (resolve.below !== undefined && resolve.below > when.threshold)
    yield ['resolve.below', 'is more than the threshold: it would be quiet while it is heard'];
  if (scope === 'provider' || scope === 'model')
    for (const [i, name] of (when.only ?? []).entries()) {
      const provider = scope === 'provider' ? name : name.slice(0, Math.max(0, name.indexOf('/')));
      if (!providers.has(provider)) yield [`when.only[${i}]`, `provider ${provider || name} is not configured`];
    }
  for (const [i, { action }] of remediate.entries()) {
    const targets = TARGETS[action];
    if (targets && !targets.includes(scope))
      yield [`remediate[${i}].action`, `${action} needs a rule that is measured on ${targets.join(' or ')}`];
  }
  for (const [i, { after, severity, notify }] of escalate.entries()) {
    if (i && after <= (escalate[i - 1]?.after ?? 0))
      yield [`escalate[${i}].after`, 'must be later than the step before'];
    if (!severity && !notify.length) yield [`escalate[${i}]`, 'says neither severity nor whom to notify'];
  }
}
