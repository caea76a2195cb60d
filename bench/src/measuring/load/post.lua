-- What wrk sends, told by environment variables, and its summary as a line of JSON.
wrk.method = "POST"
wrk.headers["authorization"] = "Bearer " .. os.getenv("BENCH_KEY")
wrk.headers["content-type"] = "application/json"

local pipelining = tonumber(os.getenv("BENCH_PIPELINING"))
local threads = tonumber(os.getenv("BENCH_THREADS"))
local started = 0

-- Each thread begins at another body, so that two do not send the same one at the same time.
function setup(thread)
  thread:set("part", started / threads)
  started = started + 1
end

local batches = {}
local at = 0

-- All requests are prepared beforehand: so many in a row that each begins at every place of a row.
function init()
  local requests = {}
  for body in io.lines(os.getenv("BENCH_BODIES")) do
    requests[#requests + 1] = wrk.format(nil, nil, nil, body)
  end
  local sent = 0
  repeat
    local row = {}
    for place = 1, pipelining do
      row[place] = requests[sent % #requests + 1]
      sent = sent + 1
    end
    batches[#batches + 1] = table.concat(row)
  until sent % #requests == 0
  at = math.floor(part * #batches)
end

function request()
  at = at % #batches + 1
  return batches[at]
end

-- wrk counts in microseconds.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%f,"failures":%d,"latencies":{"p50":%f,"p99":%f,"max":%f}}\n',
    summary.requests - errors.status, summary.duration / 1e6,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3
  ))
end
