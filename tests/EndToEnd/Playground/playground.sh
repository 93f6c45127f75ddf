#!/usr/bin/env bash
# Starts the Microsoft 365 Agents Playground against a running bot, in a scratch folder, until Ctrl+C. See docs/playground.md.
# Usage: playground.sh [bot's address] [port] [file with the bot's token]
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
bot="${1:-http://localhost:3978}"
port="${2:-56150}"
token="$(cat "${3:-$here/../../../bot/.data/local-teams.token}")"
scratch="$(mktemp -d)"
cp "$here/m365agentsplayground.yml" "$scratch/.m365agentsplayground.yml"
cd "$scratch"
# Evaluation licence: fetched by whoever runs this, never part of the project. PLAYGROUND_PROGRAM names one that is there already.
program="${PLAYGROUND_PROGRAM:-npx --yes @microsoft/m365agentsplayground@0.2.28}"
exec $program -e "$bot/api/messages?token=$token" -c msteams -p "$port" --disable-telemetry
