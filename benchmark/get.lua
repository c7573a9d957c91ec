-- SPDX-License-Identifier: AGPL-3.0-or-later
-- wrk -s benchmark/get.lua URL -- sessions.tsv feed|profile
-- Members look at pages: who looks, and at whom, is drawn by Zipf's law (0.8) over the sessions. The requests are made
-- beforehand, so that nginx and veche are asked in the same words at the same cost.
local drawn, many = {}, 16384

local function read_sessions(path)
  local all = {}
  for line in io.lines(path) do
    local token, num, name = line:match("^(%S+)\t(%d+)\t(%S+)$")
    all[#all + 1] = {token = token, num = num, name = name}
  end
  return all
end

local function zipf(n)
  local sums, sum = {}, 0
  for r = 1, n do sum = sum + r ^ -0.8; sums[r] = sum end
  return function()
    local u, low, high = math.random() * sum, 1, n
    while low < high do
      local middle = math.floor((low + high) / 2)
      if sums[middle] < u then low = middle + 1 else high = middle end
    end
    return low
  end
end

function init(args)
  local sessions = read_sessions(args[1])
  local what, pick = args[2], zipf(#sessions)
  math.randomseed(7)
  for i = 1, many do
    local who = sessions[pick()]
    local path = what == "feed" and "/feed" or "/" .. sessions[pick()].name
    drawn[i] = wrk.format("GET", path, {
      ["Host"] = "127.0.0.1",
      ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
      ["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
      ["Accept-Language"] = "en-GB,en;q=0.5",
      ["Sec-Fetch-Dest"] = "document", ["Sec-Fetch-Mode"] = "navigate", ["Sec-Fetch-Site"] = "same-origin",
      ["Cookie"] = "veche_sid=" .. who.token,
    })
  end
end

local at = 0
function request()
  at = at % many + 1
  return drawn[at]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('JSON {"requests": %d, "us": %d, "bytes": %d, "bad": %d, "p50_us": %d, "p99_us": %d}\n', summary.requests,
    summary.duration, summary.bytes, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
