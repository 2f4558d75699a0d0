//! The methods of the crash test: one small program of the shell for each method of each version. It writes what it does into
//! one log, keeps a mark of what it has started, says where it runs beside another or over something that runs, and fails
//! where it is told to. It starts no other program unless it must.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rtreg_model::Method;

use super::scenario::Failed;

/// The log, in the folder of the live state.
pub const LOG: &str = "log";

/// Ways in which a method fails, as the word in `faults/<operation>` says.
pub const EXIT: &str = "exit";
/// It ends itself by a signal.
pub const SIGNAL: &str = "signal";
/// It never ends.
pub const TIMEOUT: &str = "timeout";
/// It prints several megabytes, and fails.
pub const FLOOD: &str = "flood";
/// It takes five seconds, and is well.
pub const SLOW: &str = "slow";

/// What all methods have in common. `m` is the method, `v` its version, `live` the folder.
const BODY: &str = r#"
while [ $# -gt 1 ]; do
    case $1 in -R) r=$2; shift ;; esac
    shift
done
n=$RTREG_NODE
op=${RTREG_CALL#*/}
op=${op%/*}
here=$r.$n
what="$$ $m $v $r $n $op"
p=
[ -s "$live/now.$here" ] && read -r p <"$live/now.$here"
# One that has ended and that nobody has waited for yet is no longer there.
state=Z
[ -n "$p" ] && [ -e "/proc/$p/stat" ] && read -r _ _ state _ 2>/dev/null <"/proc/$p/stat"
[ "$state" = Z ] || [ "$state" = X ] || echo "beside $what" >>"$live/log"
echo $$ >"$live/now.$here"
echo "begin $what" >>"$live/log"
fault=
[ -e "$live/faults/$op" ] && read -r fault <"$live/faults/$op"
service="$live/service.$here"
monitor="$live/monitor.$here"
trace="$live/trace.$here"
is=down
was=down
[ -e "$service" ] && read -r is <"$service"
[ -e "$monitor" ] && read -r was <"$monitor"
# What begins something has begun it before it fails; what ends something has not ended it.
case $m in
    Start) [ "$is" = down ] || echo "double $what" >>"$live/log"; echo "up $v" >"$service" ;;
    Monitor_start) [ "$was" = down ] || echo "double $what" >>"$live/log"; echo "up $v" >"$monitor" ;;
    Init | Boot) echo "$v" >"$trace" ;;
esac
case $fault in
    exit) echo "it was told to fail" >&2; echo "fail $what" >>"$live/log"; : >"$live/now.$here"; exit 1 ;;
    signal) echo "fail $what" >>"$live/log"; : >"$live/now.$here"; kill -USR1 $$ ;;
    timeout) exec sleep 1000 ;;
    slow) sleep 5 ;;
    flood)
        s=0123456789abcdef
        for i in 1 2 3 4 5 6 7 8 9 10 11 12; do s=$s$s; done
        for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40; do
            echo "$s"
        done
        echo "fail $what" >>"$live/log"; : >"$live/now.$here"; exit 1 ;;
esac
case $m in
    Stop) echo down >"$service" ;;
    Monitor_stop) echo down >"$monitor" ;;
    Fini) : >"$trace" ;;
esac
echo "end $what" >>"$live/log"
: >"$live/now.$here"
"#;

/// A method as text.
pub fn text(method: Method, version: &str, live: &Path) -> String {
    format!("#!/bin/sh\nm={} v='{version}' live='{}'{BODY}", method.as_str(), live.display())
}

/// Writes a file that can be run.
pub fn write(path: &Path, text: &str) -> Result<(), Failed> {
    std::fs::create_dir_all(path.parent().ok_or("a method lies in a folder")?)?;
    std::fs::write(path, text)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))?;
    Ok(())
}
