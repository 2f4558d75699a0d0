" Colours of RTR files, for where the server sends none (before Neovim 0.9).
if exists('b:current_syntax')
    finish
endif
syntax case ignore
syntax match rtrComment /#.*$/ contains=rtrAllow
syntax match rtrAllow /#\s*rtreg:\s*allow\(-file\)\?(.*$/ contained
syntax match rtrDirective /^\s*#\$\(upgrade_from\|upgrade\)\>/ nextgroup=rtrString skipwhite
syntax region rtrString start=/"/ end=/"/ oneline
syntax match rtrName /\<\h\w*\>\ze\s*[=;]/
syntax keyword rtrAttribute PROPERTY EXTENSION PER_NODE TUNABLE DEFAULT MIN MAX MINLENGTH MAXLENGTH
syntax keyword rtrAttribute ARRAY_MINSIZE ARRAY_MAXSIZE DESCRIPTION
syntax keyword rtrType STRING BOOLEAN INT ENUM STRINGARRAY
syntax keyword rtrValue TRUE FALSE ANYTIME WHEN_UNMONITORED WHEN_OFFLINE WHEN_DISABLED WHEN_UNMANAGED AT_CREATION NONE
syntax match rtrNumber /\(=\s*\)\@<=-\?\d\+\>/
highlight default link rtrComment Comment
highlight default link rtrAllow SpecialComment
highlight default link rtrDirective PreProc
highlight default link rtrString String
highlight default link rtrName Identifier
highlight default link rtrAttribute Keyword
highlight default link rtrType Type
highlight default link rtrValue Constant
highlight default link rtrNumber Number
let b:current_syntax = 'rtr'
