# shellcheck shell=bash
# Builds and starts the dashboard itself. Read by start-dashboard.sh.

# True when appsettings.Development.json gives this name a value; lines commented out do not count.
in_settings_file() { [[ -f $SETTINGS ]] && sed 's#^[[:space:]]*//.*##' "$SETTINGS" | grep -qE "\"$1\"[[:space:]]*:[[:space:]]*\"[^\"]+\""; }

own_database() { [[ -n ${ConnectionStrings__Dashboard:-} ]] || in_settings_file Dashboard; }

own_shop() { [[ -n ${Shopify__Shop:-}${Shopify__BaseUrl:-} ]] || in_settings_file Shop || in_settings_file BaseUrl; }

prepare_home() {
    [[ -d ${HOME:-} && -w ${HOME:-} ]] || { export HOME=$DATA/home && mkdir -p "$HOME"; }
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 MSBUILDDISABLENODEREUSE=1
}

source_mark() {
    {
        "$DOTNET" --version
        find "$ROOT/src" "$ROOT"/Directory.*.props "$ROOT/global.json" "$ROOT/.editorconfig" "$SETTINGS" \
            \( -name bin -o -name obj -o -name node_modules -o -path "$DEMO_SOURCE" -o -path "$SCRIPTS" -o -name _framework \) -prune -o -type f -print0 |
            LC_ALL=C sort -z | xargs -0 cksum
    } 2>/dev/null | cksum
}

build() {
    local mark begun=$SECONDS
    mark=$(source_mark)
    PROGRAM=$DATA/program
    [[ -f $PROGRAM/built-from && $(<"$PROGRAM/built-from") == "$mark" ]] && good "The program is built" && return 0
    step "Building the dashboard (Release); the first time takes a minute or two"
    rm -f "$PROGRAM/built-from"
    fresh_log build
    run_step "$LOG" "$DOTNET" publish "$ROOT/src/CowansDashboard.Web" -c Release -o "$PROGRAM" -p:UseSharedCompilation=false --nologo -v q ||
        fail_with_log "The build failed." "All of it: $LOG"
    printf '%s\n' "$mark" >"$PROGRAM/built-from"
    good "Built in $((SECONDS - begun)) s"
}

# The one-time password goes to the screen and into no log. It outlives the signal that ends the dashboard.
keep_log() {
    local line
    trap '' TERM INT
    while IFS= read -r line; do
        case $line in
            "First administrator: "*) printf '%s\n' "${line#*: }" >"$DATA/first-administrator" ;;
            *) printf '%s\n' "$line" ;;
        esac
    done
}

start_dashboard() {
    step "Starting the dashboard"
    fresh_log dashboard
    (umask 077 && : >"$DATA/first-administrator")
    export ASPNETCORE_URLS="http://127.0.0.1:$PORT" Dashboard__DataFolder="${Dashboard__DataFolder:-$DATA}"
    set -m
    "$DOTNET" "$PROGRAM/CowansDashboard.Web.dll" --contentRoot "$PROGRAM" </dev/null > >(keep_log >>"$LOG") 2>&1 &
    set +m
    remember dashboard $!
    wait_for dashboard "$PORT" /health 120 "The dashboard"
}
