#!/usr/bin/env bash
# Builds the bot's image from the commit that is checked out, tagged with it.
#   infra/build-image.sh                                     devops-ai-bot:<commit>
#   infra/build-image.sh example.azurecr.io/devops-ai-bot    under this name
# CONTAINER_ENGINE names the engine to take; without it docker or else podman is taken.
set -euo pipefail
cd "$(dirname "$0")/.."

name=${1:-devops-ai-bot}
if [ $# -gt 1 ] || ! [[ $name =~ ^([a-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._/-][a-z0-9]+)*$ ]]; then
  echo "Usage: infra/build-image.sh [name], as in example.azurecr.io/devops-ai-bot: lower case, and the tag is the commit." >&2
  exit 2
fi
found='' engine=''
for known in ${CONTAINER_ENGINE:-docker podman}; do
  command -v "$known" >/dev/null || continue
  found="$found$known "
  if "$known" info >/dev/null 2>&1; then engine=$known; break; fi
done
if [ -z "$engine" ]; then
  if [ -n "$found" ]; then
    echo "No image was built: ${found}is installed, but its service does not answer. Start it." >&2
  else
    echo "No image was built: there is no ${CONTAINER_ENGINE:-docker or podman} on this machine. Install one." >&2
  fi
  echo "Or let the registry build (az acr build), of the commit alone, as docs/azure.md says." >&2
  exit 2
fi

commit=$(git rev-parse --short=12 HEAD)
[ -z "$(git status --porcelain)" ] || echo "Changes that are not committed are not in the image." >&2

# Of the commit alone: nothing that lies about in the folder gets in.
source=$(mktemp -d)
trap 'rm -rf "$source"' EXIT
git archive HEAD | tar -x -C "$source"

"$engine" build --file "$source/infra/Containerfile" --label "org.opencontainers.image.revision=$commit" --tag "$name:$commit" "$source"
echo "Built $name:$commit. To push it: $engine push $name:$commit"
