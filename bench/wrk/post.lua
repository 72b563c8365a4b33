-- Posts the JSON after `--` again and again; ends with one line that a program can read. Times are in microseconds.

function init(arguments)
  wrk.method = "POST"
  wrk.body = arguments[1]
  wrk.headers["content-type"] = "application/json"
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RES {"requests":%d,"micros":%d,"p50":%d,"p99":%d,'
      .. '"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
