import type { FlagContext } from '../../../contract/flags';
import { type Attribute, ATTRIBUTES, type Rule, type Test } from '../../../platform/config/flags';

export type Matcher = (context: FlagContext) => boolean;
type Accepts = (value: string) => boolean;

/** Whether a call is one that a rule is about. */
export function matcherOf(when: Rule['when']): Matcher {
  const matchers = ATTRIBUTES.flatMap((attribute) => {
    const test = when[attribute];
    return test ? [MATCHERS[attribute](acceptsOf(attribute === 'tenant' ? lowerCased(test) : test))] : [];
  });
  const [first = () => true, ...rest] = matchers;
  if (!rest.length) return first;
  return (context) => first(context) && rest.every((matches) => matches(context));
}

const MATCHERS: { readonly [A in Attribute]: (accepts: Accepts) => Matcher } = {
  // names of tenants are the same in capitals
  tenant:
    (accepts) =>
    ({ tenantId, tenantName }) =>
      accepts(tenantId) || accepts(tenantName.toLowerCase()),
  key:
    (accepts) =>
    ({ keyId }) =>
      accepts(keyId),
  user:
    (accepts) =>
    ({ user }) =>
      user !== undefined && accepts(user),
  session:
    (accepts) =>
    ({ session }) =>
      session !== undefined && accepts(session),
  model:
    (accepts) =>
    ({ model }) =>
      model !== undefined && accepts(model),
  tags:
    (accepts) =>
    ({ tags }) =>
      tags !== undefined && tags.some(accepts),
};

function acceptsOf(test: Test): Accepts {
  if ('equals' in test) return (value) => value === test.equals;
  if ('prefix' in test) return (value) => value.startsWith(test.prefix);
  const listed = new Set(test.in);
  return (value) => listed.has(value);
}

function lowerCased(test: Test): Test {
  if ('equals' in test) return { equals: test.equals.toLowerCase() };
  if ('prefix' in test) return { prefix: test.prefix.toLowerCase() };
  return { in: test.in.map((one) => one.toLowerCase()) };
}
