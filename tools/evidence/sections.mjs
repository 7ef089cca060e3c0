// What an evidence pack is made of. A section is the entries of the log whose events are named here; an area that this release does not
// know yet has none, and fills by itself once it does.
export const SECTIONS = [
  {
    name: 'configuration',
    title: 'Configuration',
    says: 'What was in force, start by start, by its hashes; what was changed while it ran.',
    events: ['config.*', 'policy.*', 'cache.*'],
  },
  {
    name: 'access',
    title: 'Access',
    says: 'Who came to govern, who was turned away, who read or exported the log, what was revealed and who agreed.',
    events: ['access.*', 'audit.*', 'approval.*'],
  },
  {
    name: 'keys',
    title: 'Tenants and API keys',
    says: 'Made, changed and revoked.',
    events: ['tenant.*', 'key.create', 'key.revoke'],
  },
  {
    name: 'rotations',
    title: 'Rotations',
    says: 'Key-encryption keys, keys of the log, secrets, keys of writers; what was erased.',
    events: ['key.rotate', 'key.shred', 'secret.*', 'writer.open', 'writer.close', 'writer.lost', 'log.*'],
  },
  { name: 'budgets', title: 'Budgets and limits', says: 'Made, changed and reached.', events: ['budget.*', 'usage.*'] },
  { name: 'flags', title: 'Feature flags', says: 'Every change.', events: ['flag.*'] },
  {
    name: 'models',
    title: 'Models and deployments',
    says: 'Aliases, evaluations, promotions, canaries.',
    events: ['model.*', 'alias.*', 'eval.*', 'promotion.*', 'deploy.*', 'rollout.*'],
  },
  {
    name: 'incidents',
    title: 'Incidents',
    says: 'Opened, remediated, reverted and resolved; the reports are beside.',
    events: ['incident.*'],
  },
  {
    name: 'retention',
    title: 'Holds and retention',
    says: 'What was kept for longer, and what was dropped.',
    events: ['hold.*', 'retention.*', 'segment.*'],
  },
];
