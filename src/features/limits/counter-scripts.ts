/**
 * The arithmetic of `ring.ts` on Redis's own clock, so that processes agree. A counter is a hash: `h` the slot that time has
 * reached, `t` what counts, and what each slot has, by the slot's number modulo the slots kept.
 */
const SHARED = `
local slotMs, kept = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local present = math.floor(now / slotMs)

local function read(key)
  local stored = redis.call('HMGET', key, 'h', 't')
  return tonumber(stored[1]), tonumber(stored[2]) or 0
end

local function advance(key, head, total)
  if not head or present <= head then return total end
  if present - head >= kept then
    redis.call('DEL', key)
    return 0
  end
  local gone = {}
  for slot = head + 1, present do gone[#gone + 1] = slot % kept end
  for _, amount in ipairs(redis.call('HMGET', key, unpack(gone))) do total = total - (tonumber(amount) or 0) end
  redis.call('HDEL', key, unpack(gone))
  redis.call('HSET', key, 'h', present, 't', total)
  return total
end

local function add(key, head, total, amount)
  redis.call('HINCRBY', key, present % kept, amount)
  redis.call('HSET', key, 'h', present, 't', total + amount)
  -- what is added later in the slot counts no longer than what began it
  if head ~= present then redis.call('PEXPIRE', key, math.ceil((kept + 1) * slotMs)) end
end
`;

/** ARGV: slot length, slots kept, then limit and amount of each key. Answers granted, now, slot or index, wait, totals. */
export const TAKE = `${SHARED}
local heads, totals = {}, {}
for i, key in ipairs(KEYS) do
  heads[i], totals[i] = read(key)
  -- a clock that was set back stands still
  if heads[i] and heads[i] > present then present = heads[i] end
end

local function waitFor(key, over)
  local fields, freed = {}, 0
  for slot = present - kept + 1, present do fields[#fields + 1] = slot % kept end
  for i, amount in ipairs(redis.call('HMGET', key, unpack(fields))) do
    freed = freed + (tonumber(amount) or 0)
    if freed >= over then return math.ceil((present + i) * slotMs - now) end
  end
  return math.ceil(kept * slotMs)
end

local refused, longest = 0, 0
for i, key in ipairs(KEYS) do
  totals[i] = advance(key, heads[i], totals[i])
  local over = totals[i] + tonumber(ARGV[2 * i + 2]) - tonumber(ARGV[2 * i + 1])
  if over > 0 then
    local wait = math.max(1, waitFor(key, over))
    if wait > longest then refused, longest = i, wait end
  end
end
if refused > 0 then return { 0, now, refused - 1, longest, unpack(totals) } end
for i, key in ipairs(KEYS) do
  local amount = tonumber(ARGV[2 * i + 2])
  add(key, heads[i], totals[i], amount)
  totals[i] = totals[i] + amount
end
return { 1, now, present, 0, unpack(totals) }`;

/** ARGV: slot length, slots kept, the slot that was charged, then for each key how much more was used, or less. */
export const CORRECT = `${SHARED}
local slot = tonumber(ARGV[3])
for i, key in ipairs(KEYS) do
  local more = tonumber(ARGV[3 + i])
  local head, total = read(key)
  if more > 0 then
    if head and head > present then present = head end
    add(key, head, advance(key, head, total), more)
  elseif head and slot <= head and slot > head - kept then
    local less = math.min(-more, tonumber(redis.call('HGET', key, slot % kept)) or 0)
    if less > 0 then
      redis.call('HINCRBY', key, slot % kept, -less)
      redis.call('HINCRBY', key, 't', -less)
    end
  end
end
return 1`;
