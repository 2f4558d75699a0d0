" RTR files: *.rtr, and files named VENDOR.type whose first declaration is Resource_type.
autocmd BufRead,BufNewFile *.rtr setfiletype rtr
autocmd BufRead * if !did_filetype() && expand('%:t') =~# '^\u\+\.\w\+$' && getline(nextnonblank(1)) =~? '^#\|^resource_type'
            \ && search('^\s*\cresource_type\s*=', 'nw') | setfiletype rtr | endif
