version_of_the_commands() { clresource -V; }
group_offline() { clresourcegroup offline "$1"; }
group_online() { clresourcegroup online -n "$2" "$1"; }
group_manage() { clresourcegroup manage "$1"; }
group_unmanage() { clresourcegroup unmanage "$1"; }
switch_off() { clresource disable -n "$2" "$1"; }
switch_on() { clresource enable -n "$2" "$1"; }

# Where which resource of a group is enabled, as RESOURCE/NODE: GROUP.
enabled_in() {
    for member in $(scha_resourcegroup_get -O RESOURCE_LIST -G "$1"); do
        for node in $(scha_resourcegroup_get -O NODELIST -G "$1"); do
            if [ "$(scha_resource_get -O ON_OFF_SWITCH_NODE -R "$member" -G "$1" "$node")" = ENABLED ]; then
                printf '%s/%s\n' "$member" "$node"
            fi
        done
    done
}
