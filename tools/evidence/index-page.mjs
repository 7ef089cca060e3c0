// The first page of a pack: what is in it, and how to prove it.
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

export function indexPage({ from, to, tenant, madeAt, url, sections, incidents, verifications, notes, checkpoint }) {
  const parts = [
    '# Evidence pack',
    table(
      ['', ''],
      [
        ['Period', `${from} to ${to}`],
        ['Tenant', tenant ?? 'all'],
        ['Made at', madeAt],
        ['From', url],
        ['Checkpoint', `\`${checkpoint.split('\n').slice(0, 3).join(' ')}\``],
      ],
    ),
    `\`manifest.json\` has the SHA-256 of every file. Entries are as they are signed: \`header\` of each line is what \`chain/bundle.tar\` proves.`,
    '## How to verify',
    [
      '```sh',
      'npm run evidence -- --verify evidence.tar --vkey "<the key of the log that you were given>"',
      '# or by hand',
      'tar -xf evidence.tar && node dist/verify-audit.js chain/bundle.tar --vkey "<vkey>"',
      '```',
      '',
      'The key must have reached you in another way: `chain/vkey` is only what the gateway says. A checkpoint of an earlier pack proves that nothing before it was changed: `--checkpoint earlier/chain/checkpoint`.',
    ].join('\n'),
    ...sections.map(section),
    '## Reports of incidents',
    incidents.length
      ? table(
          ['Incident', 'Subject', 'Severity', 'Detected', 'Resolved', 'Report'],
          incidents.map(({ id, subject, severity, opened_at, resolved_at }) => [
            id,
            subject,
            severity,
            opened_at,
            resolved_at ?? 'open',
            `[incidents/${id}.md](incidents/${id}.md)`,
          ]),
        )
      : 'None.',
    '## Verifications of the log',
    verifications.length
      ? table(
          ['Started', 'By', 'Status', 'Size', 'Problems'],
          verifications.map(({ started_at, started_by, status, size, problems }) => [
            started_at,
            started_by ?? 'nightly',
            status,
            size,
            problems.length,
          ]),
        )
      : 'None in the period.',
    ...(notes.length ? ['## What is missing', notes.map((note) => `- ${note}`).join('\n')] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section({ name, title, says, counts, configurations }) {
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([event, n]) => [`\`${event}\``, n]);
  const parts = [
    `## ${title}`,
    `${says} [${name}.ndjson](${name}.ndjson)`,
    rows.length ? table(['Event', 'Entries'], rows) : 'No entries.',
  ];
  if (configurations.length)
    parts.push(
      table(
        ['In force from', 'Process', 'Hashes'],
        configurations.map(({ at, writer, hashes }) => [at, writer, `\`${hashes}\``]),
      ),
    );
  return parts.join('\n\n');
}
