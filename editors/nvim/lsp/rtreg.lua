-- Neovim 0.11 and newer read this file: `vim.lsp.enable('rtreg')`.
return {
  cmd = { 'rtreg', 'lsp' },
  filetypes = { 'rtr' },
  root_markers = { 'rtreg.toml', '.git' },
}
