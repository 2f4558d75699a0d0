-- The client of `rtreg lsp`: `require('rtreg').setup()`. For Neovim 0.7 and newer.
local M = {}

-- One client for each root folder.
local clients = {}

-- The folder of the nearest rtreg.toml, else of the repository, else of the file.
local function root_of(path)
  local folder = vim.fn.fnamemodify(path, ':p:h')
  local settings = vim.fn.findfile('rtreg.toml', folder .. ';')
  if settings ~= '' then
    return vim.fn.fnamemodify(settings, ':p:h')
  end
  local repository = vim.fn.finddir('.git', folder .. ';')
  if repository ~= '' then
    return vim.fn.fnamemodify(repository, ':p:h:h')
  end
  return folder
end

local function attach(buffer, options)
  local root = root_of(vim.api.nvim_buf_get_name(buffer))
  local client = clients[root]
  if not client or not vim.lsp.get_client_by_id(client) then
    client = vim.lsp.start_client(vim.tbl_extend('force', { name = 'rtreg', root_dir = root }, options))
    clients[root] = client
  end
  if client then
    vim.lsp.buf_attach_client(buffer, client)
    vim.api.nvim_buf_set_option(buffer, 'omnifunc', 'v:lua.vim.lsp.omnifunc')
  end
end

-- options: all of `vim.lsp.start_client`, above all `cmd` and `on_attach`.
function M.setup(options)
  options = vim.tbl_extend('force', { cmd = { 'rtreg', 'lsp' } }, options or {})
  if vim.fn.has('nvim-0.11') == 1 then
    vim.lsp.config('rtreg', options)
    vim.lsp.enable('rtreg')
    return
  end
  vim.api.nvim_create_autocmd('FileType', {
    pattern = 'rtr',
    callback = function(event)
      attach(event.buf, options)
    end,
  })
end

return M
