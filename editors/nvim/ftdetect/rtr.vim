" RTR files: *.rtr, and files named VENDOR.type whose first declaration is Resource_type. The latter also where the ending means
" something else to the editor, such as ACME.web.
autocmd BufRead,BufNewFile *.rtr setfiletype rtr
autocmd BufRead * if expand('%:t') =~# '^\u[A-Za-z0-9_-]*\.[A-Za-z0-9_-]\+$'
            \ && getline(nextnonblank(1)) =~? '^\s*\(#\|resource_type\s*=\)'
            \ && getline(search('^\s*[^#[:space:]]', 'cnw')) =~? '^\s*resource_type\s*=' | set filetype=rtr | endif
