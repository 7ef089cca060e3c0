/** The batch that holds index `$1`: no row when the log does not reach so far. */
const BATCH = `
  select b.* from (select * from audit.batches where first_index <= $1 order by first_index desc limit 1) b
   where $1 < b.first_index + b.n`;

export const HEADER_SQL = `
  select split_part(h.headers, e'\\n', ($1 - b.first_index)::int + 1) as header, b.committed_at,
         to_char(b.part_month, 'YYYY-MM') as part_month
    from (${BATCH}) b left join audit.headers h on h.part_month = b.part_month and h.first_index = b.first_index`;

/** The ciphertexts of a batch follow each other; how long each is, its header says. Only the part that is asked for is read. */
export const CIPHERTEXT_SQL = `
  with lines as materialized (
    select b.first_index + line - 1 as index, b.part_month, b.first_index, (header::json ->> 'ct_len')::int as length
      from (${BATCH}) b join audit.headers h on h.part_month = b.part_month and h.first_index = b.first_index
     cross join lateral unnest(string_to_array(h.headers, e'\\n')) with ordinality as l (header, line)
     where b.first_index + line - 1 <= $1
  )
  select substr(p.payloads, (select coalesce(sum(length), 0)::int from lines where index < $1) + 1, l.length) as ciphertext
    from lines l join audit.payloads p on p.part_month = l.part_month and p.first_index = l.first_index
   where l.index = $1 and l.length is not null`;

export const OF_REQUEST_SQL = `
  select e.*, split_part(h.headers, e'\\n', e.position + 1) as header
    from audit.entries e join audit.headers h on h.part_month = e.part_month and h.first_index = e.first_index
   where e.request_id = left($1, 400) and ($2::text is null or e.tenant = $2) order by e.index`;

/** What was recorded of calls by the entries that open them: those, the ones that follow, and what follows after the fact. */
export const OF_CALLS_SQL = `
  with root as (select entry_id, request_id, tenant from audit.entries where index = any ($1::bigint[]) and parent is null),
  next as (select e.entry_id, e.index from root r join audit.entries e
             on e.request_id = r.request_id and e.tenant = r.tenant and e.parent = r.entry_id),
  late as (select e.index from root r join audit.entries e on e.request_id = r.request_id and e.tenant = r.tenant
            where e.parent in (select entry_id from next))
  select e.*, split_part(h.headers, e'\\n', e.position + 1) as header
    from audit.entries e join audit.headers h on h.part_month = e.part_month and h.first_index = e.first_index
   where e.index in (select unnest($1::bigint[]) union select index from next union select index from late) order by e.index`;
