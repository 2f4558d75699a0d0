#!/bin/sh
# A monitor's round, as methods for Sun Cluster are written: options by getopts, properties by scha_resource_get and awk,
# the name of its own type found out, a status set, and a restart or a move asked for. $PROBE says how the service is.

MY_VERSION=1.0

while getopts R:G:T: opt; do
    case $opt in
        R) RESOURCE_NAME=$OPTARG ;;
        G) RESOURCEGROUP_NAME=$OPTARG ;;
        T) RESOURCETYPE_NAME=$OPTARG ;;
        *) echo "usage: monitor -R resource -T type -G group" >&2; exit 1 ;;
    esac
done

extension() {
    scha_resource_get -O Extension -R "$RESOURCE_NAME" -G "$RESOURCEGROUP_NAME" "$1" | awk 'NR > 1'
}

# With the version in the name, or without: only one of the two is registered.
for name in XMPL.all "XMPL.all:$MY_VERSION"; do
    version=$(scha_resourcetype_get -O RT_VERSION -T "$name" 2>/dev/null)
    [ "$version" = "$MY_VERSION" ] && MY_NAME=$name
done
[ "$MY_NAME" = "$RESOURCETYPE_NAME" ] || { echo "I am $MY_NAME, and was called as $RESOURCETYPE_NAME" >&2; exit 1; }

RT_BASEDIR=$(scha_resourcetype_get -O RT_BASEDIR -T "$RESOURCETYPE_NAME") || exit 1
PORT=$(extension Port) || exit 1
TIMEOUT=$(scha_resource_get -O START_TIMEOUT -R "$RESOURCE_NAME" -G "$RESOURCEGROUP_NAME") || exit 1
RETRY_CNT=$(scha_resource_get -O Retry_count -R "$RESOURCE_NAME" -G "$RESOURCEGROUP_NAME") || exit 1
echo "base $RT_BASEDIR port $PORT timeout $TIMEOUT directories" $(extension Confdir_list)

if [ "$PROBE" = good ]; then
    scha_resource_setstatus -R "$RESOURCE_NAME" -G "$RESOURCEGROUP_NAME" -s OK -m "answers on $PORT"
    exit 0
fi

restarts=$(scha_resource_get -O NUM_RESOURCE_RESTARTS -R "$RESOURCE_NAME" -G "$RESOURCEGROUP_NAME") || exit 1
if [ "$restarts" -lt "$RETRY_CNT" ]; then
    scha_resource_setstatus -R "$RESOURCE_NAME" -G "$RESOURCEGROUP_NAME" -s DEGRADED -m "restart $((restarts + 1))"
    scha_control -O RESOURCE_RESTART -R "$RESOURCE_NAME" -G "$RESOURCEGROUP_NAME" || exit 1
    echo "asked for a restart"
else
    scha_resource_setstatus -R "$RESOURCE_NAME" -G "$RESOURCEGROUP_NAME" -s FAULTED
    scha_control -O GIVEOVER -R "$RESOURCE_NAME" -G "$RESOURCEGROUP_NAME" || exit 1
    echo "asked for another node"
fi
