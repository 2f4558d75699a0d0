# Shared by the methods of XMPL.notice 3.0: sourced by them, never run by itself. Every version carries its own
# copy, so that no version's methods change because another version is installed.
# shellcheck shell=sh disable=SC2034 # The methods use the variables.

PATH=${PATH:+$PATH:}/usr/cluster/bin:/usr/bin:/bin
export PATH
method=${0##*/}
resource=
type=
group=

say() { printf '%s[%s]: %s\n' "$method" "$resource" "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

# Reads what the RGM gives to every method but Validate: -R resource -T type -G group.
read_arguments() {
    while getopts R:T:G:Z: option; do
        case $option in
        R) resource=$OPTARG ;;
        T) type=$OPTARG ;;
        G) group=$OPTARG ;;
        Z) ;;
        *) fail "usage: $method -R resource -T type -G group" ;;
        esac
    done
    if [ -z "$resource" ] || [ -z "$type" ] || [ -z "$group" ]; then
        fail "usage: $method -R resource -T type -G group"
    fi
}

# Prints the value of system-defined property $1.
property() { scha_resource_get -O "$1" -R "$resource" -G "$group"; }

# Prints the value of extension property $1, one element on each line. The first line of the answer is its type.
extension() {
    answer=$(scha_resource_get -O Extension -R "$resource" -G "$group" "$1") || fail "cannot read property $1"
    printf '%s\n' "$answer" | sed 1d
}

# The same with commas between the elements.
extension_list() {
    elements=$(extension "$1") || exit 1
    printf '%s\n' "$elements" | paste -s -d , -
}

# True while the process of pid file $1 runs; leaves its number in $pid. The pid file's path is an argument of that
# process, so a number that was given to somebody else's process is not mistaken for ours.
running() {
    pid=
    [ -r "$1" ] && read -r pid <"$1"
    [ -n "$pid" ] && grep -qzxF -e "$1" "/proc/$pid/cmdline" 2>/dev/null
}

# Starts program $2 with the pid file $1 and all that follows as its arguments, in a session of its own.
launch() {
    pidfile_of_launch=$1
    program=$2
    shift 2
    # shellcheck disable=SC2016 # The inner shell expands these.
    setsid sh -c 'echo $$ >"$0" && exec "$@"' \
        "$pidfile_of_launch" "$program" "$pidfile_of_launch" "$@" </dev/null >>"$logfile" 2>&1 &
    until [ -s "$pidfile_of_launch" ]; do
        kill -0 $! 2>/dev/null || fail "cannot start $program; see $logfile"
        sleep 0.1
    done
}

# Waits until the service answers or its process has gone. The RGM ends the wait at Start_timeout.
wait_for_service() {
    while running "$pidfile"; do
        service_answers && return 0
        sleep 0.1
    done
    return 1
}

# Ends the process of pid file $1: politely first, by force after $2 seconds. It is no error if none runs.
end_process() {
    tenths=$(($2 * 10))
    running "$1" && kill -TERM "$pid" 2>/dev/null
    while running "$1"; do
        [ "$tenths" -gt 0 ] || kill -KILL "$pid" 2>/dev/null
        tenths=$((tenths - 1))
        sleep 0.1
    done
    rm -f "$1"
}

# Prints how long a process may take to end politely: most of the timeout property $1, in seconds.
patience() {
    seconds=$(property "$1") || seconds=10
    echo $((seconds * 8 / 10))
}

# Reads the arguments of Validate: -c or -u, -R -T -G, and -r, -x, -g property=value. The values are collected in
# $given, one on each line.
read_validate_arguments() {
    operation=
    given=
    while getopts cur:x:X:g:R:T:G:Z: option; do
        case $option in
        c) operation=create ;;
        u) operation=update ;;
        r | x | X | g)
            given="$given$OPTARG
"
            ;;
        R) resource=$OPTARG ;;
        T) type=$OPTARG ;;
        G) group=$OPTARG ;;
        Z) ;;
        *) fail "usage: $method -c|-u -R resource -T type -G group [-r|-x|-g property=value]..." ;;
        esac
    done
    if [ -z "$operation" ] || [ -z "$resource" ] || [ -z "$type" ] || [ -z "$group" ]; then
        fail "usage: $method -c|-u -R resource -T type -G group [-r|-x|-g property=value]..."
    fi
}

lower_case() { printf '%s' "$1" | tr '[:upper:]' '[:lower:]'; }

# Prints the value that extension property $1 is about to have: as given in this call, else as the resource has it,
# else $2 (a resource that comes from an older version does not have our new properties yet). An array is printed
# with commas.
proposed() {
    wanted=$(lower_case "$1")
    while IFS= read -r line; do
        name=${line%%=*}
        if [ "$(lower_case "${name%%\{*}")" = "$wanted" ] && [ -n "$line" ]; then
            printf '%s\n' "${line#*=}"
            return 0
        fi
    done <<END
$given
END
    if [ "$operation" = update ]; then
        answer=$(scha_resource_get -O Extension -R "$resource" -G "$group" "$1" 2>/dev/null) &&
            printf '%s\n' "$answer" | sed 1d | paste -s -d , - && return 0
    fi
    printf '%s\n' "${2-}"
}

need_absolute() {
    case $2 in
    /*) ;;
    *) fail "property $1 must be an absolute path but is \"$2\"" ;;
    esac
}

need_program() { command -v "$1" >/dev/null 2>&1 || fail "this node has no program $1, which $type needs"; }

# Where this version keeps what: all its methods take the places from here.
set_paths() {
    run_dir=$(extension Run_dir) || exit 1
    pidfile=$run_dir/$resource.d/pid
    monitor_pidfile=$run_dir/$resource.monitor.pid
    config=$run_dir/$resource.d/conf
    logfile=$run_dir/$resource.log
    mkdir -p "$run_dir/$resource.d" || fail "cannot make $run_dir/$resource.d"
}

# Writes what the daemon reads: one key=value on each line, never half a file.
write_config() {
    port=$(extension Listen_port) || exit 1
    text=$(extension Notice_text) || exit 1
    signature=$(extension Signature) || exit 1
    status_port=$(extension Status_port) || exit 1
    printf '%s\n' "port=$port" "status_port=$status_port" \
        "answer=3.0: $text -- $signature" >"$config.new" ||
        fail "cannot write $config.new"
    mv "$config.new" "$config" || fail "cannot write $config"
}

# Sends line $2 to port $1 of the loopback address and prints the answer.
ask_port() {
    perl -MSocket -e '
        alarm 5;
        socket(my $s, PF_INET, SOCK_STREAM, 6) or exit 1;
        connect($s, pack_sockaddr_in($ARGV[0], INADDR_LOOPBACK)) or exit 1;
        syswrite $s, "$ARGV[1]\r\n\r\n";
        shutdown $s, 1;
        print while <$s>;
    ' "$1" "$2"
}

# True if our own process is the one that answers: each answer says which process it comes from.
service_answers() {
    running "$pidfile" || return 1
    port=$(extension Listen_port) || return 1
    ask_port "$port" "GET / HTTP/1.0" | grep -q -e "(process $pid)\$"
}
