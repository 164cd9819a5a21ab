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
  dpkg --status "$package" 2>/dev/null | grep -q '^Status: install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"
fi
podman --version
