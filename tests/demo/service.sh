# A real service under rtreg: started, upgraded under a client that counts, stopped, and an upgrade that fails and is undone.
# Sourced by demo.sh, never run by itself; $here: rtr-examples, $parts: this folder, $place: a temporary one.
# shellcheck shell=sh disable=SC2154 # demo.sh sets the variables.

# Prints the number of the process that an answer names.
process_of() { printf '%s\n' "$1" | sed -n 's/.*(process \([0-9]*\))$/\1/p'; }

# Ends what a demo that did not come to its end has left; a demo that did has left nothing.
end_service() {
    for pid in ${client:-} ${occupant:-}; do kill -KILL "$pid" 2>/dev/null || true; done
    [ -d "$place/run" ] || return 0
    timeout 60 rtreg abort >/dev/null 2>&1 || true
    timeout 60 rtreg resource disable notice-rs >/dev/null 2>&1 || true
    for file in "$place"/run/*.pid "$place"/run/*/pid; do
        [ -r "$file" ] && read -r pid <"$file" && grep -qzxF -e "$file" "/proc/$pid/cmdline" && kill -KILL "$pid"
    done 2>/dev/null || true
}

# Lets a process listen on some port, and answer nobody.
occupy() {
    perl "$parts/port.pl" "$place/occupied" &
    occupant=$!
    wait_until test -s "$place/occupied"
    occupied=$(cat "$place/occupied")
}

# The vendor's packages put the methods below /opt; the demo, which need not be root, puts them into its own folder.
install() {
    mkdir -p "$place/XMPLnotice"
    for version in 1.0 2.0 3.0; do
        cp -R "$here/notice/$version" "$place/XMPLnotice/$version"
        sed "s,/opt/XMPLnotice,$place/XMPLnotice," "$here/notice/$version/XMPL.notice.rtr" \
            >"$place/XMPLnotice/$version/XMPL.notice.rtr"
    done
    cd "$place/XMPLnotice" || exit 1
}

start() {
    say 'A real service: a process that answers on the loopback address, in a group that rtreg drives'
    run 0 rtreg register 1.0/XMPL.notice.rtr 2.0/XMPL.notice.rtr
    run 0 rtreg node add tokyo
    run 0 rtreg group create notice-rg --node tokyo --driver rgm
    run 0 rtreg resource create notice-rs --group notice-rg --type notice:1.0 -p "Run_dir=$place/run" \
        -p "Listen_port=$port" -p 'Notice_text=The doors open at nine'
    run 0 rtreg group manage notice-rg
    run 0 rtreg group online notice-rg
    run 0 ask "$port"
}

upgrade_under_load() {
    say 'To 2.0, at any time, while a client asks without pause'
    run 0 rtreg upgrade notice-rs --to 2.0 --preview
    before=$(ask "$port")
    : >"$place/answers"
    ask "$port" "$place/answers" >"$place/tally" &
    client=$!
    wait_until grep -q -x -F -e "$before" "$place/answers"
    run 0 rtreg upgrade notice-rs --to 2.0
    after=$(ask "$port")
    wait_until grep -q -x -F -e "$after" "$place/answers"
    kill -TERM "$client"
    code=0
    wait "$client" || code=$?
    client=
    printf 'The client:\n'
    cat "$place/tally"
    [ "$code" = 0 ] || fail 'the client has lost requests'
    case $before in 1.0:*) ;; *) fail "expected an answer of 1.0 before the upgrade, found $before" ;; esac
    case $after in 2.0:*) ;; *) fail "expected an answer of 2.0 behind the upgrade, found $after" ;; esac
    process=$(process_of "$before")
    [ "$(process_of "$after")" = "$process" ] || fail "process $process should answer in both versions, found $after"
    printf 'The same process, %s, answers as the new Update told it.\n' "$process"
}

stop() {
    say 'Stop of 2.0 ends what Start of 1.0 began'
    run 0 rtreg resource disable notice-rs
    has_ended "$process" || fail "process $process lives"
    printf 'Process %s has ended.\n' "$process"
    run 1 ask "$port"
    run 0 rtreg resource enable notice-rs
    run 0 ask "$port"
}

fail_and_succeed() {
    say 'To 3.0, whose Start needs a port that somebody else has: the upgrade is undone by itself'
    run 0 rtreg register 3.0/XMPL.notice.rtr
    occupy
    watch 13 rtreg upgrade notice-rs --to 3.0 --allow disabled -p "Status_port=$occupied"
    run 0 ask "$port"
    case $(ask "$port") in 2.0:*) ;; *) fail 'the old version does not answer again' ;; esac
    run 0 rtreg runs show r7

    say 'The port is free: the same command again'
    kill -KILL "$occupant"
    wait_until has_ended "$occupant"
    occupant=
    run 0 rtreg upgrade notice-rs --to 3.0 --allow disabled -p "Status_port=$occupied"
    run 0 ask "$port"
    run 0 ask "$occupied"
    process=$(process_of "$(ask "$port")")

    say 'What was done, and the end of the service'
    run 0 rtreg runs
    run 0 rtreg group offline notice-rg
    has_ended "$process" || fail "process $process lives"
}

the_service() {
    port=$(perl "$parts/port.pl")
    install
    start
    upgrade_under_load
    stop
    fail_and_succeed
}
