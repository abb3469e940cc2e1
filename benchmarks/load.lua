-- wrk asks one question after the other, from KB_LOAD_FROM on.
local questions = {}
for line in io.lines(os.getenv("KB_LOAD_QUESTIONS")) do questions[#questions + 1] = line end
local path = os.getenv("KB_LOAD_PATH")
local at = tonumber(os.getenv("KB_LOAD_FROM") or "0")

request = function()
  at = at % #questions + 1
  return wrk.format("GET", path .. questions[at])
end

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'FIGURES {"requests": %d, "microseconds": %d, "p50": %.3f, "p95": %.3f, "p99": %.3f, "errors": %d}\n',
    summary.requests, summary.duration, latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    latency:percentile(99) / 1000,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
