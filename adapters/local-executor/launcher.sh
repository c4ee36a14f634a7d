# Starts tasks and keeps each from its start to the record of its end, whether a supervisor lives or
# not. It reads what to do from standard input; keepers are forks of this shell and outlive it.
# usage: sh launcher.sh, then lines 'keep TASK_FOLDER' and 'reap KEEPER_PID'
#
#   launcher -> keeper -> unshare -> init.sh (process 1 of the task's namespaces) -> timeout -> task
#                 ^ log <- cat <- what the task prints
scripts=${0%/*}

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
    [ "$key" = oom_kill ] && [ "$count" != "$memory_kills" ] && return
  done < "$memory_events"
  return 1
}

# Says who this process is, and becomes the only keeper of the task: the file must be new.
claim() {
  read -r stat < /proc/self/stat
  pid=${stat%% *}
  # Behind the name in parentheses the 20th field is when the process began.
  set -- ${stat##*) }
  set -C
  echo "pid $pid
born ${20}" > keeper || exit
  set +C
}

# In the folder of the task lie its plan, fstab and launch.
keep() {
  cd "$1" || exit
  claim 2> /dev/null
  # What goes wrong before the task runs.
  exec > /dev/null 2> setup
  . ./plan

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
}

while read -r verb what; do
  case $verb in
  keep) (keep "$what") < /dev/null & ;;
  # It has said that it ended: nothing to wait for, but it is taken off the list of processes.
  reap) wait "$what" ;;
  esac
done
