// Headers as a busy installation would have them: many small tenants and a few large ones, rare events, rare flags, a
// long tail of costs. Canonical, but signed by nobody.
import { createHash } from 'node:crypto';

const MODELS = [
  'balanced',
  'fast',
  'best',
  'gpt-4o-mini',
  'claude-haiku-4-5',
  'gemini-flash',
  'local/llama',
  'o-series',
];
const PROVIDERS = ['anthropic', 'openai', 'google', 'local'];
const FLAGS = ['pii.masked.email', 'pii.masked.cpf', 'inj.flag', 'inj.block', 'pan.masked', 'budget.near', 'late'];
const OTHER_EVENTS = ['writer.heartbeat', 'audit.query', 'audit.read', 'key.create', 'access.refused', 'config.loaded'];
/** The first one never happens with the provider `local`. */
const FAILURES = ['budget_exhausted', 'rate_limited', 'deadline_exceeded', 'provider_failed', 'aborted'];

export const TENANTS = 200;
export const USERS = 20_000;
const CALLS_PER_SESSION = 6;
/** A tenant that is found in the first part of the log alone. */
export const DEPARTED = 't_departed';
const DEPARTED_AFTER = 0.05;

/** Repeatable: the same seed gives the same numbers. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const canonical = (value) =>
  Array.isArray(value)
    ? `[${value.map(canonical).join()}]`
    : typeof value === 'object'
      ? `{${Object.keys(value)
          .filter((name) => value[name] !== undefined)
          .sort()
          .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`)
          .join()}}`
      : JSON.stringify(value);

const hex = (text) => createHash('sha256').update(text).digest('hex');

/** UUID, version 7, of that time. */
function uuid(at, random) {
  const time = at.toString(16).padStart(12, '0');
  const rest = Array.from({ length: 16 }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(4)}`;
}

/** The few have the most: the square brings the small numbers to the front. */
const skewed = (count, random) => Math.floor(count * random() ** 2);
const pick = (list, random) => list[skewed(list.length, random)];

export const tenantId = (n) => `t_${hex(`tenant ${n}`).slice(0, 22)}`;
export const sessionId = (user, n) => `s_${hex(`session ${user} ${n}`).slice(0, 22)}`;
export const userId = (n) => `u_${hex(`user ${n}`).slice(0, 22)}`;

/** Endless header texts, in the order of a log. `from` and `to` are the times of the first and, after `count`, the last. */
export function* headerTexts({ seed, count, from, to, writer }) {
  const random = randomFrom(seed);
  const stamp = (at) => ({ v: 1, log: 'gatehouse.example.com/audit', writer, ts: new Date(at).toISOString() });
  for (let i = 0; ;) {
    const at = Math.round(from + ((to - from) * i) / count);
    if (random() < 0.01) {
      i++;
      yield canonical({
        ...stamp(at),
        entry_id: uuid(at, random),
        event: pick(OTHER_EVENTS, random),
        actor: `key_${skewed(50, random)}`,
      });
      continue;
    }
    const user = skewed(USERS, random);
    const model = pick(MODELS, random);
    const requestEntry = uuid(at, random);
    const common = {
      request_id: uuid(at, random),
      tenant: i < count * DEPARTED_AFTER && random() < 0.3 ? DEPARTED : tenantId(user % TENANTS),
      actor: `key_${user % 500}`,
      user_id: userId(user),
      session: sessionId(user, Math.floor(i / (USERS * CALLS_PER_SESSION))),
      model,
      key_id: `dk_${hex(`key ${user}`).slice(0, 22)}`,
      policy: { config: hex('config').slice(0, 32), pii: hex('pii').slice(0, 32) },
    };
    const sealing = () => ({
      key_commit: hex(`${at} ${i} commit`),
      ct_hash: `sha256:${hex(`${at} ${i}`)}`,
      ct_len: 2048,
    });
    i++;
    yield canonical({
      ...stamp(at),
      ...common,
      ...sealing(),
      entry_id: requestEntry,
      event: 'llm.request',
      turn: 1 + skewed(20, random),
      prompt_hash: `hmac-sha256:${hex(`${i} prompt`)}`,
      compliance_flags: random() < 0.1 ? [pick(FLAGS, random)] : undefined,
    });
    const provider = pick(PROVIDERS, random);
    i++;
    yield canonical({
      ...stamp(at),
      ...common,
      ...sealing(),
      entry_id: uuid(at, random),
      parent: requestEntry,
      event: 'llm.response',
      model_resolved: `${provider}/${model}`,
      provider,
      outcome: random() < 0.96 ? 'ok' : pick(FAILURES.slice(provider === 'local' ? 1 : 0), random),
      cost_micros: String(Math.floor(100 / (random() + 0.0001))),
      response_hash: `hmac-sha256:${hex(`${i} response`)}`,
      metadata: { attempts: 1, latency_ms: Math.floor(200 + 3000 * random()) },
    });
  }
}
