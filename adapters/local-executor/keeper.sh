# Keeps one task from its start to the record of its end, whether a supervisor lives or not.
# usage: sh keeper.sh TASK_FOLDER (its plan, fstab and launch are there)
#
#   keeper -> unshare -> init.sh (process 1 of the task's namespaces) -> timeout -> the task
#     ^ log <- cat <- what the task prints
folder=$1
scripts=${0%/*}
cd "$folder" || exit
# What goes wrong before the task runs.
exec 2> setup

read -r stat < /proc/$$/stat
# Behind the name in parentheses the 20th field is when the process began.
set -- ${stat##*) }
# Only one keeper for a task, whoever asked for it: the file must be new.
set -C
echo "pid $$
born ${20}" > keeper || exit
set +C
. ./plan

run() {
  if [ "$isolated" ]; then
    unshare --mount --net --ipc --uts --pid --fork --kill-child --propagation unchanged \
      sh "$scripts/init.sh"
  else
    sh "$scripts/init.sh"
  fi
}

# The first part of the log is kept; the rest is read, or the task would hang, and dropped.
keep_log() {
  (ulimit -f "$log_blocks" && exec cat > log) || exec cat > /dev/null
}

out_of_memory() {
  [ "$memory_events" ] || return
  while read -r key count; do
    [ "$key" = oom_kill ] && [ "$count" != 0 ] && return
  done < "$memory_events"
  return 1
}

# Ends when nothing is left that could still print.
end=$({ { run 3>&-; code=$?; read -r now _ < /proc/uptime; echo "$code $now" >&3; } |
  keep_log 3>&-; } 3>&1)
code=${end% *} now=${end#* }

began=
if [ -e started ]; then while read -r key value; do
  [ "$key" = began ] && began=$value
done < started; fi
# Hundredths of a second since the machine was switched on: a clock that nobody can set.
now=${now%.*}${now#*.}
ran=$((now - ${began:-$now}))

if [ -z "$began" ]; then cause=refused
elif [ -e cause ]; then read -r cause < cause
elif [ "$ran" -ge "$limit" ]; then cause=time-limit
# 128 and SIGXFSZ: one file longer than the whole disk that was granted.
elif [ "$code" = 153 ]; then cause=disk-limit
elif [ "$code" != 0 ] && out_of_memory; then cause=memory-limit
else cause=exit
fi
# One write: a record counts when its last line is complete.
echo "code $code
cause $cause
ran $ran
end ." > exit
# Opened for both, a pipe without a reader does not hold us up.
echo "$id ended" 1<> "$events"
