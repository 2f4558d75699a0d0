set -u
done_steps=''
passed=''
later=''
finished=''

# Undoes what this bundle has begun, the last step first. A step that has failed may have done a part, and is undone, too.
undo() {
    if [ -n "$passed" ]; then
        printf '%s was the point of no return: nothing is undone, see to it by hand\n' "$passed" >&2
        exit 14
    fi
    left=$done_steps
    for name in $done_steps; do
        printf 'undo %s\n' "$name" >&2
        "undo_$name" || {
            printf 'undoing %s failed: see to it by hand; still to be undone, in this order: %s\n' "$name" "$left" >&2
            exit 14
        }
        left=${left#"$name "}
    done
    for name in $later; do
        "$name" || exit 14
    done
    exit 13
}

# at_the_end NAME: what comes behind all that is undone, once.
at_the_end() {
    case " $later " in
        *" $1 "*) ;;
        *) later="$later $1" ;;
    esac
}

# expect WHAT VALUE COMMAND...: what must be so before anything is done.
expect() {
    what=$1
    wanted=$2
    shift 2
    found=$("$@") || found='nothing'
    # Online without its monitor is online, too; the monitor's switch is looked at by itself.
    [ "$wanted $found" != 'ONLINE ONLINE_NOT_MONITORED' ] || found=ONLINE
    if [ "$found" != "$wanted" ]; then
        printf 'expected %s to be %s, found %s: the plan is stale\n' "$what" "$wanted" "$found" >&2
        if [ -n "$finished" ]; then
            printf 'done before:%s; nothing of the rest is\n' "$finished" >&2
        else
            printf 'nothing was done; make a new plan\n' >&2
        fi
        exit 5
    fi
}

# bundle NAME: begins a bundle; what is done in the ones before is not undone.
bundle() {
    done_steps=''
    passed=''
    later=''
    if [ -n "$finished" ]; then
        "check_$1"
    fi
    finished="$finished $1"
}

begun() {
    case " $done_steps " in
        *" $1 "*) ;;
        *) done_steps="$1 $done_steps" ;;
    esac
}

# step NAME COMMAND...: one command of a step.
step() {
    name=$1
    shift
    printf '%s: %s\n' "$name" "$*"
    begun "$name"
    "$@" || {
        printf '%s failed\n' "$name" >&2
        undo
    }
}

# follow NAME WORDS COMMAND...: what the cluster does by itself behind the steps before.
follow() {
    name=$1
    printf '%s: %s\n' "$name" "$2"
    shift 2
    begun "$name"
    itself "$@" || {
        printf '%s failed\n' "$name" >&2
        undo
    }
}

# itself COMMAND...: the cluster does it by itself; where its commands are rtreg's links, rtreg must be told.
itself() {
    case $(version_of_the_commands 2>/dev/null) in
        *'(rtreg '*) "$@" ;;
    esac
}

# The nodes of a group in a state: GROUP STATE.
nodes_in() {
    for node in $(scha_resourcegroup_get -O NODELIST -G "$1"); do
        if [ "$(scha_resourcegroup_get -O RG_STATE_NODE -G "$1" "$node")" = "$2" ]; then
            printf '%s\n' "$node"
        fi
    done
}

# What runs of a group, and so keeps it from leaving management: GROUP.
running() {
    for member in $(scha_resourcegroup_get -O RESOURCE_LIST -G "$1"); do
        for node in $(scha_resourcegroup_get -O NODELIST -G "$1"); do
            state=$(scha_resource_get -O RESOURCE_STATE_NODE -R "$member" -G "$1" "$node") || state='UNKNOWN'
            if [ "$state" != OFFLINE ]; then
                printf ' %s on %s' "$member" "$node"
            fi
        done
    done
}

# restore GROUP COMMAND...: takes Type_version back. The cluster refuses an older version while the group is managed, unless that
# version's file says otherwise; then the group leaves management for it, if nothing of it runs.
restore() {
    group=$1
    shift
    "$@" && return 0
    runs=$(running "$group")
    if [ -n "$runs" ]; then
        printf 'the version can be taken back only while the group %s is unmanaged, and this runs:%s\n' "$group" "$runs" >&2
        printf 'take the group offline, disable its resources, unmanage it, then: %s\n' "$*" >&2
        return 1
    fi
    was_online=$(nodes_in "$group" ONLINE | paste -s -d , -)
    was_enabled=$(enabled_in "$group")
    if [ -n "$was_online" ]; then
        group_offline "$group" || return 1
    fi
    for place in $was_enabled; do
        switch_off "${place%%/*}" "${place#*/}" || return 1
    done
    group_unmanage "$group" || return 1
    "$@" || return 1
    group_manage "$group" || return 1
    if [ -n "$was_online" ]; then
        group_online "$group" "$was_online" || return 1
    fi
    for place in $was_enabled; do
        switch_on "${place%%/*}" "${place#*/}" || return 1
    done
}
