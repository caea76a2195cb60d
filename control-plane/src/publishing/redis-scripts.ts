/**
 * What must happen in Redis in one step. Every script first compares the head with the one that its
 * caller expects: that is the fence between two writers. Scripts answer 1, or 0 if nothing was done.
 */

/** The head's epoch and revision, '' and '' where there is none, as arguments carry them. */
const HEAD_IS_EXPECTED = `
local head = redis.call('HMGET', KEYS[1], 'epoch', 'revision')
if (head[1] or '') ~= ARGV[1] or (head[2] or '') ~= ARGV[2] then return 0 end
`;

/**
 * KEYS head, documents, log. ARGV epoch, revision, bell, message, log length, then for each document
 * key, revision, body preceded by '+', or '-' for a tombstone.
 */
export const APPEND = `${HEAD_IS_EXPECTED}
local previous = ARGV[2]
for i = 6, #ARGV, 3 do
  local key, revision, state = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  if state == '-' then
    redis.call('HDEL', KEYS[2], key)
  else
    redis.call('HSET', KEYS[2], key, revision .. ':' .. string.sub(state, 2))
  end
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[5], revision .. '-0', 'key', key, 'previous', previous)
  previous = revision
end
redis.call('HSET', KEYS[1], 'revision', previous)
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 1
`;

/** KEYS head. ARGV epoch, revision, bell, message. */
export const RING = `${HEAD_IS_EXPECTED}
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 1
`;

/**
 * KEYS head, documents of the new epoch, documents and log of the old one. ARGV epoch, revision, bell,
 * message, new epoch, its revision, number of its documents.
 */
export const FLIP = `${HEAD_IS_EXPECTED}
if redis.call('HLEN', KEYS[2]) ~= tonumber(ARGV[7]) then return 0 end
redis.call('PERSIST', KEYS[2])
redis.call('HSET', KEYS[1], 'epoch', ARGV[5], 'revision', ARGV[6])
redis.call('UNLINK', KEYS[3], KEYS[4])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 1
`;
