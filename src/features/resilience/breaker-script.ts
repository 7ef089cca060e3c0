/**
 * One exchange: takes reports, answers with everything that is shared.
 *
 * KEYS[1], a hash, has for each breaker that is or lately was not closed: version, state, open until, successes, probe until,
 * by whom and which revision of theirs. KEYS[i + 1], a hash, has for report i what each process counted, and when.
 * A proposal holds when nobody changed the state since its writer looked, and a new probe only when the place is free.
 * A version is the time it was made, so it grows even where the last one was lost.
 */
export const EXCHANGE = `
local ENTRY = '^(%d+) (%S+) (%d+) (%d+) (%d+) (%S+) (%d+)$'
local KEEP, LONGEST_OPEN, MOST = 300000, 3600000, 1000
local me, states = ARGV[1], KEYS[1]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local int = function(number) return string.format('%.0f', number) end

local function read(text)
  local version, state, open, successes, probe, by, revision = string.match(text, ENTRY)
  if not version then return { version = 0, state = 'closed', open = 0, probe = 0, by = '' } end
  return { version = tonumber(version), state = state, open = tonumber(open), successes = successes,
    probe = tonumber(probe), by = by, revision = revision }
end

local function write(name, version, state, open, successes, probe, revision)
  local text = { int(version), state, int(open), successes, int(probe), me, revision }
  redis.call('HSET', states, name, table.concat(text, ' '))
  redis.call('PEXPIRE', states, KEEP + LONGEST_OPEN)
end

local function others(key, calls, failures, slow, window)
  if calls == '0' then
    redis.call('HDEL', key, me)
    return { 0, 0, 0 }
  end
  redis.call('HSET', key, me, calls .. ' ' .. failures .. ' ' .. slow .. ' ' .. int(now))
  redis.call('PEXPIRE', key, window)
  local all, total = redis.call('HGETALL', key), { 0, 0, 0 }
  for i = 1, #all, 2 do
    local c, f, s, at = string.match(all[i + 1], '^(%d+) (%d+) (%d+) (%d+)$')
    if tonumber(at) <= now - window then
      redis.call('HDEL', key, all[i])
    elseif all[i] ~= me then
      total = { total[1] + tonumber(c), total[2] + tonumber(f), total[3] + tonumber(s) }
    end
  end
  return total
end

local heard = {}
for i = 2, #KEYS do
  local at = 2 + (i - 2) * 11
  local name, base, revision = ARGV[at], tonumber(ARGV[at + 5]), ARGV[at + 6]
  local state, successes, open, probe = ARGV[at + 7], ARGV[at + 8], tonumber(ARGV[at + 9]), tonumber(ARGV[at + 10])
  local stored = redis.call('HGET', states, name)
  local entry = read(stored or '')
  local mine = entry.by == me
  if revision ~= '' then
    local taken = state == 'half_open' and probe > 0 and entry.probe > now
    local room = stored or redis.call('HLEN', states) < MOST
    if room and (mine or (entry.version <= base and not taken)) then
      local version = math.max(now, base + 1, entry.version + 1)
      local till = probe > 0 and now + probe or 0
      write(name, version, state, now + open, successes, till, revision)
      redis.call('DEL', KEYS[i])
      base = version
    end
  elseif mine and probe > 0 and entry.probe > 0 then
    write(name, entry.version, entry.state, entry.open, entry.successes, now + probe, entry.revision)
  end
  -- counts of a time that is over are nobody's any more
  if mine or base >= entry.version then
    heard[i - 1] = others(KEYS[i], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], tonumber(ARGV[at + 4]))
  else
    heard[i - 1] = { 0, 0, 0 }
  end
end

local all, entries = redis.call('HGETALL', states), {}
for i = 1, #all, 2 do
  local entry = read(all[i + 1])
  if now > math.max(entry.version, entry.open, entry.probe) + KEEP then
    redis.call('HDEL', states, all[i])
  else
    entries[#entries + 1] = { all[i], entry.version, entry.state, math.max(0, entry.open - now), tonumber(entry.successes),
      math.max(0, entry.probe - now), entry.by, tonumber(entry.revision) }
  end
end
return { heard, entries }`;
