#!/usr/bin/env bash
# The one test command: installs what is missing, builds once in Release, runs the tests, and ends with one line
# "N passed, N failed". Exits with 1 on any failure, and when no test ran.
set -uo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
RESULTS=$ROOT/TestResults
DEMO=$ROOT/src/demo-store
UNIT_TESTS=$ROOT/tests/CowansDashboard.Tests/CowansDashboard.Tests.csproj
BROWSER_TESTS=$ROOT/tests/CowansDashboard.BrowserTests/CowansDashboard.BrowserTests.csproj

PART=all
COVERAGE=no
PASSED=0 FAILED=0 SKIPPED=0

usage() {
    cat <<TEXT
Usage: tests/run.sh [quick|integration|browser] [--coverage]

  (nothing)     everything
  quick         unit tests and the demo store's own: no database, no browser
  integration   tests on PostgreSQL and the demo store
  browser       the started program in Chromium
  --coverage    also measures which lines of src/ the .NET tests run

TEST_POSTGRES (a connection string) makes the tests use that server instead of a private one.
Reports and the traces of failed browser tests lie in TestResults/.
TEXT
}

read_flags() {
    local flag
    for flag in "$@"; do
        case $flag in
            quick | integration | browser) PART=$flag ;;
            --coverage) COVERAGE=yes ;;
            --help | -h) usage && exit 0 ;;
            *)
                printf 'Unknown: %s. Known: quick, integration, browser, --coverage, --help\n' "$flag" >&2
                exit 1
                ;;
        esac
    done
}

part() { [[ $PART == all || $PART == "$1" ]]; }

say() { printf '\n==> %s (%s s)\n' "$1" "$SECONDS"; }

# What cannot even start is one failure, and the tests end there.
give_up() {
    printf 'Stopped: %s\n' "$*"
    FAILED=$((FAILED + 1))
    finish
}

finish() {
    local line="$PASSED passed, $FAILED failed"
    ((SKIPPED == 0)) || line+=", $SKIPPED skipped"
    printf '\n%s\n' "$line"
    ((FAILED == 0 && PASSED > 0)) && exit 0
    exit 1
}

# --- what must be installed ------------------------------------------------------------------------------------

install_package() {
    local sudo=()
    command -v apt-get >/dev/null || give_up "$* is missing, and there is no apt-get to install it with."
    ((EUID == 0)) || sudo=(sudo -n)
    say "Installing $*"
    "${sudo[@]}" apt-get update -qq </dev/null >/dev/null 2>&1
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null 2>&1 ||
        give_up "apt-get could not install $*. Install it by hand: sudo apt-get install $*"
}

need_tools() {
    local home=${HOME:-}
    [[ -n $home && -w $home ]] || { export HOME=$RESULTS/home && mkdir -p "$HOME"; }
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 CI=${CI:-true}
    command -v dotnet >/dev/null || PATH=$PATH:${DOTNET_ROOT:-/usr/share/dotnet}:$HOME/.dotnet
    command -v dotnet >/dev/null || give_up "the .NET SDK 10 is missing: https://dotnet.microsoft.com/download/dotnet/10.0"
    { command -v node && command -v npm; } >/dev/null || install_package nodejs npm
    [[ $PART == quick || -n ${TEST_POSTGRES:-} ]] || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || install_package postgresql
    ! part browser || [[ -x /usr/bin/chromium ]] || install_package chromium
}

need_demo_store() {
    [[ -f $DEMO/package.json ]] || return 0
    if [[ ! -d $DEMO/node_modules/graphql || $DEMO/package-lock.json -nt $DEMO/node_modules/.package-lock.json ]]; then
        say "Installing the demo store"
        npm ci --prefix "$DEMO" --no-audit --no-fund </dev/null || give_up "npm ci failed in src/demo-store."
        touch "$DEMO/node_modules/.package-lock.json"
    fi
    compgen -G "$DEMO/.schema/*.gz" >/dev/null || node "$DEMO/get-schema.mjs" </dev/null || give_up "Shopify's schema could not be fetched."
}

# --- the parts -------------------------------------------------------------------------------------------------

build() {
    say "Building in Release"
    dotnet build "$ROOT/CowansDashboard.sln" -c Release --nologo -v q </dev/null || give_up "the build failed."
    ! part browser || dotnet publish "$ROOT/src/CowansDashboard.Web" -c Release -o "$RESULTS/program" --no-build --nologo -v q </dev/null ||
        give_up "the program could not be published."
}

counter() { # file name
    grep -oE " $2=\"[0-9]+\"" "$1" | head -n 1 | grep -oE '[0-9]+'
}

# Adds up a report. A runner that failed without a failed test (it crashed, or hung) counts as one failure, and so
# does each class that could not clean up: xunit leaves those out of its own count.
add_trx() { # words file exit-status
    local passed=0 failed=0 total=0 unclean=0
    if [[ -s $2 ]]; then
        passed=$(counter "$2" passed) failed=$(counter "$2" failed) total=$(counter "$2" total)
        unclean=$(grep -cE '(Class|Collection|Assembly) Cleanup Failure' "$2")
    fi
    add "$1" "${passed:-0}" $((${failed:-0} + unclean)) $((${total:-0} - ${passed:-0} - ${failed:-0})) "$3"
}

add() { # words passed failed skipped exit-status
    local failed=$3
    if (($2 + failed == 0)); then
        printf 'No test ran: %s\n' "$1"
        failed=1
    elif (($5 != 0 && failed == 0)); then
        printf 'The runner ended with %s though no test failed: %s\n' "$5" "$1"
        failed=1
    fi
    PASSED=$((PASSED + $2)) FAILED=$((FAILED + failed)) SKIPPED=$((SKIPPED + $4))
}

dotnet_tests() { # words project name filter
    local arguments=(test "$2" -c Release --no-build --nologo --results-directory "$RESULTS/$3" --logger "trx;LogFileName=$3.trx"
        --logger "console;verbosity=minimal" --blame-hang-timeout 10m --blame-hang-dump-type none)
    [[ -z $4 ]] || arguments+=(--filter "$4")
    [[ $COVERAGE == no ]] || arguments+=(--collect "XPlat Code Coverage")
    say "$1"
    dotnet "${arguments[@]}" </dev/null
    add_trx "$1" "$RESULTS/$3/$3.trx" $?
}

tap_count() { grep -E "^# $2 [0-9]+" "$1" | tail -n 1 | grep -oE '[0-9]+' || echo 0; }

# node --test in TAP form: quiet while it goes well, everything of a test that failed.
node_tests() {
    local report=$RESULTS/demo-store.tap files status
    mapfile -t files < <(find "$DEMO" "$(dirname "$UNIT_TESTS")" -name node_modules -prune -o -name '*.test.mjs' -print | sort)
    ((${#files[@]})) || return 0
    say "Tests of the demo store and of the pages' scripts"
    (cd "$DEMO" && node --test --test-reporter=tap "${files[@]}") </dev/null >"$report" 2>&1
    status=$?
    ((status == 0)) || grep -vE '^ *(# Subtest|ok |---|\.\.\.|duration_ms|type:)' "$report" | head -n 400
    printf 'Passed: %s, failed: %s\n' "$(tap_count "$report" pass)" "$(tap_count "$report" fail)"
    add "Tests of scripts" "$(tap_count "$report" pass)" "$(tap_count "$report" fail)" "$(tap_count "$report" skipped)" $status
}

show_coverage() {
    local report
    say "Lines run by the tests"
    for report in "$RESULTS"/*/*/coverage.cobertura.xml; do
        [[ -f $report ]] || continue
        printf '%s\n' "$(basename "$(dirname "$(dirname "$report")")"):"
        grep -oE '<package name="[^"]*" line-rate="[^"]*"' "$report" | awk -F'"' '$2 !~ /Tests/ { printf "  %-28s %5.1f %%\n", $2, $4 * 100 }'
    done
}

main() {
    read_flags "$@"
    rm -rf "$RESULTS" && mkdir -p "$RESULTS"
    need_tools
    need_demo_store
    build
    ! part quick || node_tests
    ! part quick || dotnet_tests "Unit tests" "$UNIT_TESTS" unit 'Category!=Integration'
    ! part integration || dotnet_tests "Integration tests" "$UNIT_TESTS" integration 'Category=Integration'
    ! part browser || dotnet_tests "Browser tests" "$BROWSER_TESTS" browser ''
    [[ $COVERAGE == no ]] || show_coverage
    finish
}

main "$@"
