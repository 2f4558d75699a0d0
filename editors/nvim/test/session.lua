-- What a person does in the editor, step by step; each step waits for what must become true. The file that is open is a broken
-- example; `bin/web_start` lies beside it.

local PATIENCE_MS = 30000

local function wait(what, condition)
  if not vim.wait(PATIENCE_MS, condition, 10) then
    error('waited in vain: ' .. what)
  end
end

local function equal(found, expected, what)
  if not vim.deep_equal(found, expected) then
    error(what .. ': expected ' .. vim.inspect(expected) .. ', found ' .. vim.inspect(found))
  end
end

local function line(text)
  for number, found in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    if found:find(text, 1, true) then
      return number, found
    end
  end
  error('no line has ' .. text)
end

local function go(text)
  local number, found = line(text)
  vim.api.nvim_win_set_cursor(0, { number, found:find(text, 1, true) - 1 })
end

local function codes()
  local found = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    table.insert(found, diagnostic.code or diagnostic.user_data.lsp.code)
  end
  return found
end

local function format()
  if vim.lsp.buf.format then
    vim.lsp.buf.format({ timeout_ms = PATIENCE_MS })
  else
    vim.lsp.buf.formatting_sync(nil, PATIENCE_MS)
  end
end

local function session()
  local file = vim.api.nvim_get_current_buf()
  equal(vim.bo.filetype, 'rtr', 'the type of the file')

  -- Findings are shown at their place.
  wait('diagnostics', function() return #vim.diagnostic.get(0) > 0 end)
  equal(codes(), { 'missing_semicolon' }, 'diagnostics')
  local found = vim.diagnostic.get(0)[1]
  equal({ found.lnum, found.col, found.severity }, { 3, 18, vim.diagnostic.severity.ERROR }, 'the place')

  -- A broken file is not formatted, and says why.
  local said = {}
  vim.lsp.handlers['window/showMessage'] = function(_, result) table.insert(said, result.message) end
  local before = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  format()
  equal(vim.api.nvim_buf_get_lines(0, 0, -1, false), before, 'a broken file')
  wait('the reason', function() return #said > 0 end)
  equal(said[1]:find('left alone: the file has an error', 1, true) ~= nil, true, said[1])

  -- The cure, from the menu of code actions.
  local offered
  vim.ui.select = function(items, options, choose)
    offered = vim.tbl_map(options.format_item or tostring, items)
    choose(items[1], 1)
  end
  vim.api.nvim_win_set_cursor(0, { 4, 18 })
  vim.lsp.buf.code_action()
  wait('the cure', function() return select(2, line('RT_version =')) == 'RT_version = "1.0";' end)
  equal(offered[1], 'insert `;`', 'the first of the actions')
  wait('no finding', function() return #vim.diagnostic.get(0) == 0 end)

  -- Typing brings a finding with the next keystroke, in units that the editor counts in.
  local last = vim.api.nvim_buf_line_count(0)
  vim.api.nvim_buf_set_lines(0, last, last, false, { '{ PROPERTY = Smile; EXTENSION; STRING; DEFAULT = "😀" TUNABLE; }' })
  wait('the finding behind the smile', function() return vim.tbl_contains(codes(), 'missing_semicolon') end)
  equal(vim.diagnostic.get(0)[1].col, #'{ PROPERTY = Smile; EXTENSION; STRING; DEFAULT = "😀"', 'the column in bytes')
  vim.api.nvim_buf_set_lines(0, last, -1, false, {})
  wait('no finding again', function() return #vim.diagnostic.get(0) == 0 end)

  -- Format.
  local number = line('Failover')
  vim.api.nvim_buf_set_lines(0, number - 1, number, false, { '   FAILOVER=true ;   # kept' })
  format()
  equal(select(2, line('Failover')), 'Failover = TRUE;  # kept', 'the formatted line')

  -- Hover.
  go('Failover')
  vim.lsp.buf.hover()
  local function floating()
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= '' then
        return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), '\n')
      end
    end
    return ''
  end
  wait('a window about Failover', function() return floating():find('TRUE or FALSE', 1, true) ~= nil end)

  -- Completion.
  go('TRUE;')
  local params = vim.lsp.util.make_position_params(0, 'utf-16')
  local answers = vim.lsp.buf_request_sync(0, 'textDocument/completion', params, PATIENCE_MS)
  local _, answer = next(answers)
  equal(vim.tbl_map(function(item) return item.label end, answer.result), { 'TRUE', 'FALSE' }, 'completion')

  -- From the method to its script.
  go('web_start')
  vim.lsp.buf.definition()
  wait('the script', function() return vim.api.nvim_buf_get_name(0):find('bin/web_start', 1, true) ~= nil end)
  equal(vim.api.nvim_buf_get_lines(0, 0, 1, false)[1], '#!/bin/sh', 'its first line')

  -- What was made of the file is looked at by who started this.
  vim.api.nvim_set_current_buf(file)
  vim.cmd('write')
end

local ok, problem = xpcall(session, debug.traceback)
if ok then
  io.stderr:write('the session went well\n')
  vim.cmd('qall!')
else
  io.stderr:write(problem .. '\n')
  vim.cmd('cquit 1')
end
