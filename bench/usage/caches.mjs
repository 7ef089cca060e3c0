// Takes a ledger out of memory: PostgreSQL's buffers, and what the system keeps of its files.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const RELATIONS = `select pg_relation_filepath(oid) as path, pg_relation_size(oid)::text as bytes from pg_class
  where relname like 'spend%' and relkind in ('r', 'i') and pg_relation_size(oid) > 0`;
const SEGMENT = 1_073_741_824;

/**
 * @param {import('pg').Client} admin a superuser in the ledger's database
 * @param {string} data the folder of the cluster
 * @returns {Promise<() => Promise<void>>} forgets, as often as it is called
 */
export async function forgetter(admin, data) {
  await admin.query('create extension if not exists pg_buffercache');
  await admin.query('checkpoint'); // what is not on disk yet cannot be forgotten
  const { rows } = await admin.query(RELATIONS);
  const files = rows.flatMap(({ path, bytes }) =>
    Array.from({ length: Math.ceil(Number(bytes) / SEGMENT) }, (_, i) => join(data, i ? `${path}.${i}` : path)),
  );
  return async () => {
    await admin.query('select pg_buffercache_evict_all()');
    for (const file of files) drop(file);
  };
}

function drop(file) {
  const options = ['of=/dev/null', 'iflag=nocache', 'count=0', 'status=none'];
  const { status, stderr } = spawnSync('dd', [`if=${file}`, ...options], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`dd could not drop ${file}: ${stderr}`);
}
