-- The configuration of the test: what the README says, and nothing else.
vim.opt.runtimepath:prepend(vim.fn.expand('<sfile>:p:h:h'))
vim.opt.swapfile = false
vim.cmd('filetype plugin indent on')
vim.cmd('syntax on')
require('rtreg').setup()
