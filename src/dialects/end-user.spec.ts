import { endUser, openAiUser } from './end-user';
import { Fields } from './fields';

it.each(['u', 'user_123', '42', 'auth0|5f7c8ec7', 'c1fd9e0c-6a0f-4f0e-9a7e-0d1c2b3a4f5e'])('hands %s on', (name) => {
  expect(endUser(name)).toBe(name);
});

it.each([
  'ada@example.org',
  '+49 30 1234567',
  '030-1234567',
  JSON.stringify({ device_id: 'a'.repeat(64), account_uuid: '', session_id: 'c1fd9e0c-6a0f-4f0e-9a7e-0d1c2b3a4f5e' }),
  'x'.repeat(65),
])('gives a digest for %s', (name) => {
  expect(endUser(name)).toMatch(/^[0-9a-f]{64}$/);
  expect(endUser(name)).toBe(endUser(name));
  expect(endUser(name)).not.toBe(endUser(`${name}x`));
});

describe('whom a call is for', () => {
  it.each([
    [{ user: 'u', safety_identifier: 's' }, 'u'],
    [{ safety_identifier: 's' }, 's'],
    [{ user: '', safety_identifier: 's' }, 's'],
    [{ user: null, safety_identifier: 7 }, undefined],
    [{}, undefined],
  ])('is found in %j', (body, name) => {
    expect(openAiUser(new Fields(body))).toBe(name);
  });
});
