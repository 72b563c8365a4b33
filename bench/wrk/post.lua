-- Posts the JSON after `--` again and again; ends with one line that a program can read. Times are in microseconds.
-- With a number after the JSON, bodies differ: NUMBER in them counts up from it, NOISE becomes 512 digits of chance.

function init(arguments)
  wrk.method = "POST"
  wrk.body = arguments[1]
  wrk.headers["content-type"] = "application/json"
  if arguments[2] then
    number_requests(arguments[1], tonumber(arguments[2]))
  end
end

function number_requests(body, number)
  math.randomseed(number)
  local digits = {}
  function request()
    number = number + 1
    local text = body:gsub("NUMBER", string.format("%d", number))
    if text:find("NOISE", 1, true) then
      for index = 1, 64 do
        digits[index] = string.format("%08x", math.random(0, 0x7fffffff))
      end
      text = text:gsub("NOISE", table.concat(digits))
    end
    return wrk.format(nil, nil, nil, text)
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RES {"requests":%d,"micros":%d,"p50":%d,"p99":%d,'
      .. '"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
