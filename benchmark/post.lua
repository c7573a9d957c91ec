-- SPDX-License-Identifier: AGPL-3.0-or-later
-- wrk -s benchmark/post.lua URL -- sessions.tsv tokens.txt texts.txt
-- Members write on their own walls. Each line of tokens.txt ("place in sessions.tsv", token) is good for one post; when they
-- are used up the rest is refused, and the errors show it.
local sessions, texts, tokens = {}, {}, nil

-- wrk adds to its percentiles the requests that a stall kept from being sent. That answers another question than a ceiling which
-- writes one commit after the other; so with one connection each request is timed here as well, and nothing is added.
local ffi = require("ffi")
ffi.cdef("typedef struct { long s, ns; } moment; int clock_gettime(int clock, moment *now);")
local clock = ffi.new("moment")
local MONOTONIC = 1
local function now_us()
  ffi.C.clock_gettime(MONOTONIC, clock)
  return tonumber(clock.s) * 1000000 + tonumber(clock.ns) / 1000
end

took, sent = {}, nil -- wrk's thread:get wants them global

function init(args)
  for line in io.lines(args[1]) do
    local token, num = line:match("^(%S+)\t(%d+)")
    sessions[#sessions + 1] = {
      path = "/wall" .. num,
      headers = {
        ["Host"] = "127.0.0.1", ["Content-Type"] = "application/x-www-form-urlencoded", ["Sec-Fetch-Site"] = "same-origin",
        ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        ["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ["Accept-Language"] = "en-GB,en;q=0.5",
        ["Cookie"] = "veche_sid=" .. token,
      },
    }
  end
  for line in io.lines(args[3]) do texts[#texts + 1] = line end
  tokens = io.open(args[2])
end

-- Each thread of wrk has a world of its own; done() asks them all.
local threads = {}
function setup(thread) threads[#threads + 1] = thread end

refused, answers = "", {}
function response(status)
  took[#took + 1] = now_us() - sent
  if status == 303 then return end
  answers[status] = (answers[status] or 0) + 1
  refused = ""
  for code, n in pairs(answers) do refused = refused .. code .. ":" .. n .. " " end
end

local at = 0
function request()
  at = at % #texts + 1
  local line = tokens:read("*l") or "1\tnone"
  local place, once = line:match("^(%d+)\t(%S+)$")
  local s = sessions[tonumber(place)]
  sent = now_us()
  return wrk.format("POST", s.path, s.headers, "audience=0&once=" .. once .. "&text=" .. texts[at])
end

function done(summary, latency)
  local e, told, all = summary.errors, "", {}
  for _, thread in ipairs(threads) do
    told = told .. thread:get("refused")
    for _, us in ipairs(thread:get("took")) do all[#all + 1] = us end
  end
  table.sort(all)
  local part = function(p) return all[math.max(1, math.ceil(#all * p))] or 0 end
  io.write(string.format('JSON {"requests": %d, "us": %d, "bytes": %d, "bad": %d, "p50_us": %d, "p99_us": %d, "each_p50_us": %d, "each_p99_us": %d, "refused": "%s"}\n',
    summary.requests, summary.duration, summary.bytes, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99), part(0.5), part(0.99), told))
end
