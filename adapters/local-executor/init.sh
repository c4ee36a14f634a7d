# Process 1 of a task: closes it in, runs it, and takes in its orphans. When this ends, all ends.
# usage: sh init.sh (in the folder of the task)
. ./plan

for group in $cgroups; do echo 0 > "$group/cgroup.procs" || exit; done
# Of the platform's /proc, which knows this process by the number that the platform sees.
read -r stat < /proc/self/stat
pid=${stat%% *}
set -- ${stat##*) }
born=${20}

if [ "$isolated" ]; then
  mount -n -a -T fstab || exit
  # dash says -p for what others call -u.
  ulimit -u "$processes" 2> /dev/null || ulimit -p "$processes" || exit
  set -- chroot "$root" setpriv --reuid "$uid" --regid "$uid" --clear-groups \
    --no-new-privs --inh-caps=-all --bounding-set=-all
else
  set --
fi
umask 022
ulimit -c 0 && ulimit -f "$file_blocks" || exit
# Where the machine allows even fewer, that stands.
ulimit -n "$open_files" 2> /dev/null

read -r now _ < /proc/uptime
echo "pid $pid
born $born
began ${now%.*}${now#*.}" > started
echo "$id started" 1<> "$events"
timeout --preserve-status -k "$grace_seconds" "$limit_seconds" "$@" sh < launch 2>&1
exit $?
