#!/usr/bin/env bash
# Installs what the tests need (npm packages, Debian packages when root), builds, runs the tests,
# and ends in "N passed, N failed, N skipped". A run of every part also checks that `dotnet test` finds the same number of tests.
#   tests/run.sh                           every part
#   tests/run.sh core bot                  these parts, of core, connectors, bot and EndToEnd
#   tests/run.sh bot -class "*Gate*"       what follows the parts goes to each test program
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
mkdir -p artifacts

parts=()
while [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; do
  case $1 in
    core|connectors|bot|EndToEnd) parts+=("$1") ;;
    *) echo "There is no part '$1'. The parts are core, connectors, bot and EndToEnd." >&2; exit 2 ;;
  esac
  shift
done
whole=no
[ ${#parts[@]} -gt 0 ] || { parts=(core connectors bot EndToEnd); [ $# -gt 0 ] || whole=yes; }

wanted=()
command -v chromium >/dev/null || wanted+=(chromium)
command -v prometheus-alertmanager >/dev/null || wanted+=(prometheus-alertmanager)
if [ ${#wanted[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing ${wanted[*]}"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}"; } >artifacts/apt.log 2>&1 \
      || echo "Could not install ${wanted[*]} (artifacts/apt.log); the tests that need them are skipped and say so."
  else
    echo "Not root: ${wanted[*]} cannot be installed; the tests that need them are skipped and say so."
  fi
fi

if [ -f tests/package-lock.json ] && [ ! -d tests/node_modules ]; then
  (cd tests && npm ci --no-audit --no-fund --silent) || echo "npm ci failed in tests/; the tests that need it are skipped and say so."
fi

# One compiler for all projects, whatever the environment says: it warms up once. It is this run's own, and ends with the build.
compiler="devops-ai-bot-$$"
dotnet build DevOpsAI.Bot.sln -c Release -clp:NoSummary -v minimal -p:UseSharedCompilation=true "-p:SharedCompilationId=$compiler"
built=$?
for process in $(pgrep -f -- "-pipename:$compiler"); do kill "$process"; done
[ $built -eq 0 ] || { echo "0 passed, 1 failed"; exit 1; }

passed=0 failed=0 skipped=0 reports=()
for project in "${parts[@]}"; do
  echo "== tests/$project"
  report="artifacts/$project.ctrf.json"
  reports+=("$report")
  rm -f "$report"
  dotnet run --project "tests/$project" -c Release --no-build -- -noLogo -ctrf "$report" "$@"
  code=$?
  if [ -f "$report" ]; then
    read -r p f s < <(node -e 'const s=JSON.parse(require("fs").readFileSync(process.argv[1])).results.summary;console.log(s.passed,s.failed+(s.other??0),s.skipped+s.pending)' "$report")
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    [ $code -eq 0 ] || [ "$f" -gt 0 ] || failed=$((failed + 1))
  else
    echo "tests/$project ended with code $code and no report"
    failed=$((failed + 1))
  fi
done

if [ $whole = yes ]; then
  ours=0
  for project in "${parts[@]}"; do
    found=$(dotnet run --project "tests/$project" -c Release --no-build -- -noLogo -noColor -preEnumerateTheories -list tests | grep -c '^DevOpsAI\.')
    ours=$((ours + found))
  done
  theirs=$(dotnet test DevOpsAI.Bot.sln -c Release --no-build --list-tests | grep -c '^    DevOpsAI\.')
  echo "== $ours tests; dotnet test finds $theirs"
  [ "$ours" -eq "$theirs" ] || failed=$((failed + 1))
fi

# Each failure once more, where nobody has to look for it.
node -e '
for (const file of process.argv.slice(1)) {
  if (!require("fs").existsSync(file)) continue;
  for (const test of JSON.parse(require("fs").readFileSync(file)).results.tests.filter(test => !["passed", "skipped", "pending"].includes(test.status)))
    console.log(`FAILED ${test.name}\n  ${(test.message ?? test.status).split("\n").slice(0, 20).join("\n  ")}`);
}' "${reports[@]}"

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
