-- sayso learns from what you make of dictated text in Neovim.
--
-- A terminal tells nobody what stands in it, so an editor in one must say so itself. This follows each dictation from
-- where it was put into a buffer, and tells sayso what it has become once you have stopped changing it. It hears of
-- dictations through `busctl`, which systemd brings, and tells of them through `sayso edited`. Neovim 0.7 or newer.
--
--     require("sayso").setup()            -- or with some of the settings below

local M = {}

M.settings = {
  idle_ms = 1500, -- without a change, until what stands there is told
  wait_ms = 5000, -- from the end of a dictation until its text must have come into a buffer
  minutes = 10, -- for so long a dictation is followed …
  most = 8, -- … and of so many the last
  leave_ms = 1000, -- that leaving waits for sayso to have been told
  near_lines = 200, -- of where the cursor was when it began, where its text is looked for
  command = { "sayso" }, -- how sayso is started
}

local NAME, PATH = "org.sayso.Dictation1", "/org/sayso/Dictation1"
local SIGNALS = "type='signal',interface='" .. NAME .. "',path='" .. PATH .. "'"
local MOST_BEGUN = 16 -- dictations in flight; there are two or three

local uv = vim.loop
local namespace = vim.api.nvim_create_namespace("sayso")
local followed = {} -- the oldest first
local awaited = {} -- dictations whose text has not been found yet
local begun = {} -- by number: what stood here when it began
local numbers = {} -- of those, the oldest first
local before_speech = nil -- what stood here when somebody began to speak
local has_focus = true -- of the desktop; of a terminal that does not tell that is not known
local monitor, idle, rest = nil, nil, ""

-- ── where a dictation stands ────────────────────────────────────────────────────────────────────

--- The lines around a mark, as one text, and the row of the first.
local function near(buffer, mark)
  local row = vim.api.nvim_buf_get_extmark_by_id(buffer, namespace, mark, {})[1]
  if not row then
    return nil
  end
  local first = math.max(0, row - M.settings.near_lines)
  local lines = vim.api.nvim_buf_get_lines(buffer, first, row + M.settings.near_lines + 1, false)
  return table.concat(lines, "\n"), first, lines
end

local function occurrences(all, text)
  local count, from = 0, 1
  while true do
    local start = all:find(text, from, true)
    if not start then
      return count
    end
    count, from = count + 1, start + 1
  end
end

--- What stands around the cursor; nil where nothing can be dictated into, because something else has the focus.
local function here()
  local buffer = vim.api.nvim_get_current_buf()
  if not has_focus or vim.bo[buffer].buftype ~= "" then
    return nil
  end
  local cursor = vim.api.nvim_win_get_cursor(0)
  local mark = vim.api.nvim_buf_set_extmark(buffer, namespace, cursor[1] - 1, cursor[2], { right_gravity = false })
  return { buffer = buffer, mark = mark, all = near(buffer, mark) }
end

local function forget(place)
  if place and vim.api.nvim_buf_is_valid(place.buffer) then
    vim.api.nvim_buf_del_extmark(place.buffer, namespace, place.mark)
  end
end

--- Somebody begins to speak: what is dictated goes where the focus is by now.
local function speaks()
  forget(before_speech)
  before_speech = here()
end

--- The first that is heard of a dictation.
local function began(utterance)
  if begun[utterance] ~= nil then
    return
  end
  begun[utterance] = before_speech or here() or false
  before_speech = nil
  table.insert(numbers, utterance)
  if #numbers > MOST_BEGUN then
    local oldest = table.remove(numbers, 1)
    forget(begun[oldest])
    begun[oldest] = nil
  end
end

--- Rows and byte columns of the last occurrence of a text that ends before the cursor, else of any near the place
--- where it began; nil where there are no more of them than when it began.
local function find(place, text)
  if not vim.api.nvim_buf_is_valid(place.buffer) or not vim.api.nvim_buf_is_loaded(place.buffer) then
    return nil
  end
  local all, first, lines = near(place.buffer, place.mark)
  if not all or occurrences(all, text) <= occurrences(place.all, text) then
    return nil
  end
  local offset, before = 0, nil
  local cursor = vim.api.nvim_get_current_buf() == place.buffer and vim.api.nvim_win_get_cursor(0) or { -1, 0 }
  for number, line in ipairs(lines) do
    if first + number == cursor[1] then
      before = offset + cursor[2] + 1
    end
    offset = offset + #line + 1
  end
  local found, from = nil, 1
  while true do
    local start, stop = all:find(text, from, true)
    if not start or (found and before and stop > before) then
      break
    end
    found, from = { start, stop }, start + 1
  end
  if not found then
    return nil
  end
  local function place(bytes) -- so many bytes from the beginning
    local _, breaks = all:sub(1, bytes):gsub("\n", "")
    local last = all:sub(1, bytes):match(".*\n()") or 1
    return first + breaks, bytes - last + 1
  end
  local row, column = place(found[1] - 1)
  local end_row, end_column = place(found[2])
  return row, column, end_row, end_column
end

--- Four marks are kept of each dictation. Of the two at its start the inner one moves behind what is written there and
--- the outer one stays before it; at its end the other way round. So the inner two have what is left of it between
--- them, the outer two also what is written right beside it: more text, or another word for its first or last one.
local function set_marks(one, row, column, end_row, end_column)
  local function set(at_row, at_column, moves)
    return vim.api.nvim_buf_set_extmark(one.buffer, namespace, at_row, at_column, { right_gravity = moves })
  end
  for _, id in pairs(one.marks or {}) do
    vim.api.nvim_buf_del_extmark(one.buffer, namespace, id)
  end
  one.marks = {
    start = set(row, column, true),
    outer_start = set(row, column, false),
    stop = set(end_row, end_column, false),
    outer_stop = set(end_row, end_column, true),
  }
end

local function text_between(buffer, a, b)
  if a[1] > b[1] or (a[1] == b[1] and a[2] > b[2]) then
    return "" -- all of it was replaced
  end
  local lines = vim.api.nvim_buf_get_lines(buffer, a[1], b[1] + 1, false)
  if #lines == 0 then
    return ""
  end
  lines[#lines] = lines[#lines]:sub(1, b[2])
  lines[1] = lines[1]:sub(a[2] + 1)
  return table.concat(lines, "\n")
end

--- What a dictation has become, and set its marks around that; nil where that cannot be told.
local function standing(one)
  if not vim.api.nvim_buf_is_valid(one.buffer) or not vim.api.nvim_buf_is_loaded(one.buffer) then
    return nil
  end
  local at = {}
  for name, id in pairs(one.marks) do
    at[name] = vim.api.nvim_buf_get_extmark_by_id(one.buffer, namespace, id, {})
    if #at[name] == 0 then
      return nil
    end
  end
  local left = text_between(one.buffer, at.start, at.stop)
  -- Where its first or last word is gone, what was written in its place is beside what is left.
  local a = left:match("^%s*(%S+)") == one.text:match("^(%S+)") and at.start or at.outer_start
  local b = left:match("(%S+)%s*$") == one.text:match("(%S+)$") and at.stop or at.outer_stop
  local text = text_between(one.buffer, a, b)
  set_marks(one, a[1], a[2], b[1], b[2])
  return (text:gsub("^%s+", ""):gsub("%s+$", ""))
end

--- Close the marks around what every dictation is by now, so that what comes next to it later is not taken for its own.
local function close_marks()
  for _, one in ipairs(followed) do
    standing(one)
  end
end

-- ── telling ─────────────────────────────────────────────────────────────────────────────────────

local telling = {} -- jobs on their way; Neovim ends them when it leaves

local function tell(one, text)
  local command = vim.list_extend({}, M.settings.command)
  vim.list_extend(command, { "edited", tostring(one.utterance), "--plugin", "neovim" })
  local job = vim.fn.jobstart(command, {
    on_exit = function(id)
      telling[id] = nil
    end,
  })
  if job > 0 then
    telling[job] = true
    vim.fn.chansend(job, text) -- not as an argument, which all users of the machine can read
    vim.fn.chanclose(job, "stdin")
  end
end

local function wait_until_told()
  vim.fn.jobwait(vim.tbl_keys(telling), M.settings.leave_ms)
end

--- Tell what has become of every dictation, where that is news, and forget those that are over.
local function settle()
  local kept = {}
  uv.update_time()
  for _, one in ipairs(followed) do
    local text = standing(one)
    if text and text ~= "" and text ~= one.text then
      one.text = text
      tell(one, text)
    end
    if text and uv.now() < one.ends then
      table.insert(kept, one)
    end
  end
  followed = kept
end

local function soon()
  if idle and #followed > 0 then
    idle:stop()
    idle:start(M.settings.idle_ms, 0, vim.schedule_wrap(function()
      if vim.fn.mode():sub(1, 1) ~= "i" then -- who is in the middle of a word is not done with it
        settle()
      end
    end))
  end
end

-- ── hearing ─────────────────────────────────────────────────────────────────────────────────────

--- Follow what is there by now of the dictations that have ended.
local function look()
  local left, now = {}, uv.now()
  for _, one in ipairs(awaited) do
    local row, column, end_row, end_column = find(one.place, one.text)
    if row then
      close_marks() -- it may stand right behind another
      one.buffer = one.place.buffer
      set_marks(one, row, column, end_row, end_column)
      one.ends = now + M.settings.minutes * 60000
      table.insert(followed, one)
      if #followed > M.settings.most then
        table.remove(followed, 1)
      end
    elseif now < one.until_ then
      table.insert(left, one)
    end
  end
  awaited = left
end

local function finished(utterance, text)
  local place = begun[utterance]
  text = text:gsub("^%s+", ""):gsub("%s+$", "")
  if text == "" or not place then
    return
  end
  uv.update_time()
  table.insert(awaited, { utterance = utterance, place = place, text = text, until_ = uv.now() + M.settings.wait_ms })
  look()
end

local function hear(member, data)
  if member == "StateChanged" and data[1] == "speaking" then
    speaks()
  elseif member == "HypothesisChanged" or member == "Committed" then
    began(data[1])
  elseif member == "UtteranceFinished" then
    began(data[1])
    finished(data[1], data[2])
  end
end

local function heard(_, lines)
  lines[1] = rest .. lines[1] -- the last of each piece goes on in the next
  rest = table.remove(lines)
  for _, line in ipairs(lines) do
    local is_json, message = pcall(vim.json.decode, line)
    if is_json and type(message) == "table" and type(message.payload) == "table" then
      hear(message.member, message.payload.data)
    end
  end
end

local function changed()
  if #awaited > 0 then
    look()
  end
  soon()
end

-- ── for whoever uses it ─────────────────────────────────────────────────────────────────────────

--- How many dictations are followed now.
function M.count()
  return #followed
end

--- Whether it has heard a dictation begin.
function M.has_begun(utterance)
  return begun[utterance] ~= nil
end

--- Tell sayso at once what has become of them.
function M.tell_now()
  settle()
  wait_until_told()
end

function M.setup(settings)
  M.settings = vim.tbl_extend("force", M.settings, settings or {})
  M.stop()
  if vim.fn.executable("busctl") == 0 then
    vim.notify("sayso: busctl is missing, which systemd brings; nothing is learnt from Neovim", vim.log.levels.WARN)
    return
  end
  if vim.fn.executable(M.settings.command[1]) == 0 then
    vim.notify("sayso: " .. M.settings.command[1] .. " is not found; nothing is learnt from Neovim", vim.log.levels.WARN)
    return
  end
  local monitoring = { "busctl", "--user", "--json=short", "--match", SIGNALS, "monitor" }
  monitor = vim.fn.jobstart(monitoring, { on_stdout = heard })
  idle = uv.new_timer()
  local group = vim.api.nvim_create_augroup("sayso", { clear = true })
  vim.api.nvim_create_autocmd({ "TextChanged", "TextChangedI" }, { group = group, callback = changed })
  vim.api.nvim_create_autocmd({ "TextChanged", "InsertLeave" }, { group = group, callback = close_marks })
  vim.api.nvim_create_autocmd("InsertLeave", { group = group, callback = soon })
  vim.api.nvim_create_autocmd({ "FocusLost", "FocusGained" }, {
    group = group,
    callback = function(event)
      has_focus = event.event == "FocusGained"
    end,
  })
  vim.api.nvim_create_autocmd({ "BufWritePost", "BufUnload" }, {
    group = group,
    callback = function()
      settle()
    end,
  })
  vim.api.nvim_create_autocmd("VimLeavePre", {
    group = group,
    callback = function()
      M.tell_now()
      M.stop()
    end,
  })
end

function M.stop()
  if monitor and monitor > 0 then
    vim.fn.jobstop(monitor)
  end
  if idle then
    idle:stop()
    idle:close()
  end
  monitor, idle, rest, followed, awaited = nil, nil, "", {}, {}
  begun, numbers, before_speech, has_focus = {}, {}, nil, true
end

return M
