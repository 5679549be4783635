#!/bin/sh
# Makes the machine that `make test-kernel` starts: Debian's own kernel, unpacked and never installed, a small first file
# system of busybox and modules, gpio-sim (which Debian leaves out) built from Debian's kernel source, and udev.
# All of it lands in the folder named by $1 (~/.cache/samut-kernel), outside the tree. The kernel is GPL-2: it is built here and never shipped.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
made=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/samut-kernel}

fail() { printf '%s\n' "$*" >&2; exit 1; }
as_root() {
    set -- env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 "$@"
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] || fail "The kernel's tests need Debian on amd64."

missing=
for package in qemu-system-x86 busybox-static kmod cpio make gcc-12 xz-utils libelf1 libcap2; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
    echo "Installing Debian packages:$missing" >&2
    as_root apt-get update -qq || fail "The list of packages cannot be fetched. Is there a network?"
    # shellcheck disable=SC2086
    as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null || fail "apt-get could not install:$missing"
fi

image=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image/ {print $2; exit}')
[ -n "$image" ] || fail "apt knows no package linux-image-amd64. Run apt-get update, and look at the sources of apt."
release=${image#linux-image-}
series=$(printf '%s' "$release" | cut -d. -f1,2)
wanted="$release $(cat "$here/set_up.sh" "$here/init" | sha256sum)"
[ "$(cat "$made/made-of" 2>/dev/null)" = "$wanted" ] && exit 0

echo "Making the machine for the kernel's tests in $made (downloads 230 MB once)" >&2
rm -rf "$made"
work=$made/work
mkdir -p "$work/deb" "$work/root" "$work/udev" "$made/udev"
trap 'rm -rf "$work"' EXIT
cd "$work/deb"
for package in "$image" "linux-headers-$release" "linux-headers-${release%-amd64}-common" "linux-kbuild-$series" "linux-source-$series" udev; do
    apt-get download -q "$package" >"$work/apt.log" 2>&1 || fail "apt-get could not download $package: $(cat "$work/apt.log")"
done
for package in linux-*.deb; do nice -n 15 dpkg -x "$package" "$work/root"; done
dpkg -x udev_*.deb "$work/udev"
mv "$work/udev/lib" "$work/udev/bin" "$made/udev/"

# gpio-sim and the interrupts it simulates become one module; irq_to_desc is not exported to modules.
source=linux-source-$series
cd "$work"
nice -n 15 tar -xJf "root/usr/src/$source.tar.xz" --occurrence=1 \
    "$source/drivers/gpio/gpio-sim.c" "$source/drivers/gpio/gpiolib.h" "$source/kernel/irq/irq_sim.c"
mkdir module
sed '/^EXPORT_SYMBOL_GPL/d; s/irq_to_desc(irqnum)/irq_data_to_desc(irq_get_irq_data(irqnum))/' \
    "$source/kernel/irq/irq_sim.c" >module/irq_sim.c
cp "$source/drivers/gpio/gpio-sim.c" module/chip.c
cp "$source/drivers/gpio/gpiolib.h" module/
printf 'obj-m := gpio-sim.o\ngpio-sim-y := chip.o irq_sim.o\n' >module/Kbuild
headers=$work/root/usr/src/linux-headers-$release
sed -i "s|/usr/src/|$work/root/usr/src/|" "$headers/Makefile"
nice -n 15 make -C "$headers" M="$work/module" modules >"$work/make.log" 2>&1 || fail "gpio-sim cannot be built: $(tail -n 20 "$work/make.log")"

mkdir -p first/bin first/modules
cp "$(command -v busybox)" first/bin/
cp "$here/init" first/init
chmod 755 first/init
PATH=$PATH:/sbin:/usr/sbin
nice -n 15 depmod -b root "$release"
for module in virtio_pci 9pnet_virtio 9p overlay evdev uinput configfs dummy_hcd libcomposite \
    usb_f_printer usb_f_hid usb_f_acm usblp usbhid hid_generic cdc_acm; do
    modprobe -d root -S "$release" --show-depends "$module" | awk '$1 == "insmod" {print $2}'
done | awk '!seen[$0]++' >modules
while read -r module; do
    cp "$module" first/modules/
    case $module in */dummy_hcd.ko) echo "dummy_hcd.ko num=3" ;; *) basename "$module" ;; esac
done <modules >first/modules/order
cp module/gpio-sim.ko first/modules/
echo gpio-sim.ko >>first/modules/order
(cd first && find . | cpio -o -H newc --quiet | gzip -9) >"$made/first.gz"
cp "root/boot/vmlinuz-$release" "$made/vmlinuz"
printf '%s' "$wanted" >"$made/made-of"
