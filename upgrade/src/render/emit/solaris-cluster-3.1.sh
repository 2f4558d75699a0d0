version_of_the_commands() { scswitch -V; }
group_offline() { scswitch -F -g "$1"; }
group_online() { scswitch -z -g "$1" -h "$2"; }
group_manage() { scswitch -o -g "$1"; }
group_unmanage() { scswitch -u -g "$1"; }
switch_off() { scswitch -n -j "$1"; }
switch_on() { scswitch -e -j "$1"; }

# Which resources of a group are enabled, on all nodes at once, as RESOURCE/: GROUP.
enabled_in() {
    for member in $(scha_resourcegroup_get -O RESOURCE_LIST -G "$1"); do
        if [ "$(scha_resource_get -O ON_OFF_SWITCH -R "$member" -G "$1")" = ENABLED ]; then
            printf '%s/\n' "$member"
        fi
    done
}
