# What the parts of the demo share: sourced by demo.sh, never run by itself.
# shellcheck shell=sh disable=SC2154 # demo.sh sets the variables.

say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }

fail() {
    printf 'demo: %s\n' "$*" >&2
    exit 1
}

# Prints a command as it would be typed.
show() {
    printf '\033[36m$'
    for word in "$@"; do
        case $word in
        *' '*) printf " '%s'" "$word" ;;
        *) printf ' %s' "$word" ;;
        esac
    done
    printf '\033[0m\n'
}

# run EXPECTED-EXIT COMMAND…: the command, its answer and its exit code. What rtreg says on standard error while it is at work
# it says again in its answer, so that is shown only if the code is another one than expected.
run() {
    expected=$1
    shift
    show "$@"
    code=0
    "$@" 2>"$place/said" || code=$?
    [ "$code" = 0 ] || printf '(exit %s)\n' "$code"
    if [ "$code" != "$expected" ]; then
        cat "$place/said" >&2
        fail "expected exit $expected, found $code"
    fi
}

# As run, for a command that is watched: what it says while it is at work is shown, and not its answer.
watch() {
    expected=$1
    shift
    show "$@"
    code=0
    "$@" 2>&1 >/dev/null || code=$?
    [ "$code" = 0 ] || printf '(exit %s)\n' "$code"
    [ "$code" = "$expected" ] || fail "expected exit $expected, found $code"
}

# wait_until COMMAND…: at most a minute.
wait_until() {
    tenths=600
    until "$@"; do
        tenths=$((tenths - 1))
        [ "$tenths" -gt 0 ] || fail "waited for a minute in vain for: $*"
        sleep 0.1
    done
}

# Whether the process is there; one that has ended and not been waited for has no arguments any more.
lives() { grep -q . "/proc/$1/cmdline" 2>/dev/null; }
has_ended() { ! lives "$1"; }
