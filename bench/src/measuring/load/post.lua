-- What wrk sends, told by environment variables, and its summary as a line of JSON.
wrk.method = "POST"
wrk.body = os.getenv("BENCH_BODY")
wrk.headers["authorization"] = "Bearer " .. os.getenv("BENCH_KEY")
wrk.headers["content-type"] = "application/json"

local pipelining = tonumber(os.getenv("BENCH_PIPELINING"))
if pipelining > 1 then
  local batch
  function init()
    batch = string.rep(wrk.format(), pipelining)
  end
  function request()
    return batch
  end
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
