#!/usr/bin/env bash
# Whatever `npm run test:compose` needs to run containers with: nothing where a Docker engine answers, else podman and buildah
# from Debian, and debootstrap for the stand-ins of images. To be run as root. Ends with 0 when one of both is there.
set -euo pipefail

if docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1; then
  echo 'Docker is there.'
  exit
fi
missing=()
for package in podman runc buildah netavark aardvark-dns podman-compose iptables debootstrap; do
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  without="No Docker engine answers, and without it this needs ${missing[*]}"
  command -v apt-get >/dev/null || { echo "$without: there is no apt-get to install them with." >&2; exit 1; }
  [ "$(id -u)" -eq 0 ] || { echo "$without: run this as root." >&2; exit 1; }
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"
fi
podman --version
