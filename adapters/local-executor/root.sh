# Puts together the root that tasks see, in the mount namespace it was started in, and runs a
# command there.
# usage: unshare --mount --propagation slave sh root.sh ROOT NODE FIRST_UID UIDS COMMAND...
set -eu
umask 022
root=$1 node=$2 uid=$3 end=$(($3 + $4))
shift 4

show() {
  mount -n --bind "$1" "$2"
  mount -n -o remount,bind,ro,nosuid "$2"
}

mkdir -p "$root"
mount -n -t tmpfs -o mode=755,size=4m,nosuid tmpfs "$root"
cd "$root"
mkdir usr proc sys dev etc var opt opt/node opt/node/bin work output checkpoint tmp data program
ln -s /tmp var/tmp

echo 'root:x:0:0::/:/bin/sh' > etc/passwd
echo 'root:x:0:' > etc/group
while [ "$uid" -lt "$end" ]; do
  echo "task$uid:x:$uid:$uid::/work:/bin/sh" >> etc/passwd
  echo "task$uid:x:$uid:" >> etc/group
  uid=$((uid + 1))
done

show /usr usr
for name in bin sbin lib lib32 lib64; do
  if [ -L "/$name" ]; then cp -P "/$name" "$name"
  elif [ -d "/$name" ]; then mkdir "$name" && show "/$name" "$name"
  fi
done
if [ -d /etc/alternatives ]; then mkdir etc/alternatives && show /etc/alternatives etc/alternatives; fi
if [ -f /etc/ld.so.cache ]; then cp /etc/ld.so.cache etc; fi
: > opt/node/bin/node
show "$node" opt/node/bin/node

for name in null zero full random urandom; do
  : > "dev/$name"
  mount -n --bind "/dev/$name" "dev/$name"
done
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
ln -s /tmp dev/shm
# Empty places, over which a task that was given cards gets the real devices.
for device in /dev/nvidia* /dev/davinci* /dev/devmm_svm /dev/hisi_hdc; do
  if [ -c "$device" ]; then : > "dev/${device#/dev/}"; fi
done
mount -n -o remount,ro,nosuid "$root"
cd /
exec "$@"
