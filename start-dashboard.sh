#!/usr/bin/env bash
# Starts Cowan's Product Dashboard with everything it needs, and stops all of it on Ctrl-C.
# Everything it makes lies in .data/ (or --data FOLDER): remove that folder to begin anew.
set -uo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SETTINGS=$ROOT/appsettings.Development.json
DEMO_SOURCE=$ROOT/src/demo-store
DATABASE=cowan
# Not a secret: the demo store listens on 127.0.0.1 only and knows no real shop.
DEMO_SHOP=demo-store.myshopify.com
DEMO_TOKEN=demo-token
# With the secret of the app, so that the dashboard knows the signatures of what the demo store posts to it.
DEMO_CLIENT=demo-client
DEMO_SECRET=demo-secret

PORT=5080
DATA=$ROOT/.data
WITH_DEMO=yes
DEMO_PRODUCTS=1000
ASKED_PRODUCTS=no
BACKUP='' RESTORE=''

usage() {
    cat <<TEXT
Usage: ./start-dashboard.sh [flags]

  --port N             the dashboard's port (default 5080; the demo store takes N+1)
  --data FOLDER        where the database, logs and keys are kept (default .data)
  --no-demo            do not start the demo store, even when no shop is configured
  --demo-products N    products of a new demo shop, 10 to 1000000 (default 1000)
  --backup FOLDER      write everything that cannot be pulled again to a new folder, also while it runs; then end
  --restore FOLDER     bring a backup back into a --data FOLDER that is not there yet; then end
  --help               this text

Settings come from environment variables over appsettings.Development.json:
  ConnectionStrings__Dashboard                   use this PostgreSQL instead of a private one
  Shopify__Shop                                  for example my-shop.myshopify.com
  Shopify__AccessToken                           or Shopify__ClientId and Shopify__ClientSecret
  Shopify__ApiVersion, Shopify__BaseUrl          2026-10; another host for the Admin API
  Webhooks__Address                              the dashboard's public https address, for webhooks
  Dashboard__AdminEmail, Dashboard__AdminPassword   unattended first start
TEXT
}

SCRIPTS=$ROOT/src/start-dashboard
# shellcheck source=src/start-dashboard/words.sh
source "$SCRIPTS/words.sh"
# shellcheck source=src/start-dashboard/processes.sh
source "$SCRIPTS/processes.sh"
# shellcheck source=src/start-dashboard/tools.sh
source "$SCRIPTS/tools.sh"
# shellcheck source=src/start-dashboard/postgres.sh
source "$SCRIPTS/postgres.sh"
# shellcheck source=src/start-dashboard/demo-store.sh
source "$SCRIPTS/demo-store.sh"
# shellcheck source=src/start-dashboard/dashboard.sh
source "$SCRIPTS/dashboard.sh"
# shellcheck source=src/start-dashboard/backup.sh
source "$SCRIPTS/backup.sh"

whole_number() { # value lowest highest
    [[ $1 =~ ^[0-9]{1,7}$ ]] && ((10#$1 >= $2 && 10#$1 <= $3))
}

read_flags() {
    local flag value
    while (($#)); do
        flag=$1
        shift
        case $flag in
            --help | -h) usage && exit 0 ;;
            --no-demo) WITH_DEMO=no && continue ;;
            --port | --data | --demo-products | --backup | --restore)
                (($#)) || stop_with "$flag needs a value." "See ./start-dashboard.sh --help"
                value=$1
                shift
                ;;
            --port=* | --data=* | --demo-products=* | --backup=* | --restore=*) value=${flag#*=} flag=${flag%%=*} ;;
            *) stop_with "Unknown flag $flag." "Known: --port N, --data FOLDER, --no-demo, --demo-products N, --backup FOLDER, --restore FOLDER, --help" ;;
        esac
        set_flag "$flag" "$value"
    done
}

set_flag() {
    case $1 in
        --port)
            whole_number "$2" 1 65533 || stop_with "--port $2 is not a port." "A whole number from 1 to 65533, for example --port 5080"
            PORT=$((10#$2))
            ;;
        --demo-products)
            whole_number "$2" 10 1000000 || stop_with "--demo-products $2 is not possible." "A whole number from 10 to 1000000, for example --demo-products 1000"
            DEMO_PRODUCTS=$((10#$2)) ASKED_PRODUCTS=yes
            ;;
        --data)
            [[ -n $2 ]] || stop_with "--data needs a folder." "For example --data .data"
            DATA=$2
            ;;
        --backup | --restore)
            [[ -n $2 ]] || stop_with "$1 needs a folder." "For example $1 ../backup-of-today"
            if [[ $1 == --backup ]]; then BACKUP=$2; else RESTORE=$2; fi
            ;;
    esac
}
say_where() {
    # The line with the password may still be on its way through keep_log.
    sleep 0.3
    printf '\n  %sThe dashboard is ready:%s http://127.0.0.1:%s   (%s s)\n' "$BOLD" "$PLAIN" "$PORT" "$SECONDS"
    if [[ -s $DATA/first-administrator ]]; then
        printf '  First administrator: %s%s%s\n' "$BOLD" "$(<"$DATA/first-administrator")" "$PLAIN"
    fi
    rm -f "$DATA/first-administrator"
    printf '  %sLogs: %s/logs    Ctrl-C stops everything%s\n\n' "$DIM" "$DATA" "$PLAIN"
}

watch_over() {
    local name
    while sleep 1 & wait $!; do
        for name in dashboard demo-store; do
            [[ ! -f $DATA/pids/$name ]] || still_running "$DATA/pids/$name" >/dev/null || {
                show_end_of "$DATA/logs/$name.log"
                stop_with "The $name ended by itself."
            }
        done
    done
}

stop_everything() {
    local status=$?
    trap '' INT TERM HUP PIPE
    trap - EXIT
    [[ $LOCKED == yes ]] || exit "$status"
    [[ $ENDED_BY == '' ]] || { printf '\n' && step "Stopping ($ENDED_BY)" && status=0; }
    stop_process preparation 5
    stop_process dashboard 30
    stop_process demo-store 15
    if [[ $POSTGRES_STARTED == yes ]]; then
        control_server -m fast -w -t 60 stop >/dev/null 2>&1 || warn "PostgreSQL in $CLUSTER did not stop"
    fi
    rm -f "$DATA/first-administrator" "$LOCK"
    [[ $ENDED_BY == '' ]] || good "Everything is stopped"
    exit "$status"
}

main() {
    LOCKED=no POSTGRES_STARTED=no ENDED_BY=''
    choose_colours
    read_flags "$@"
    [[ -z $BACKUP || -d $DATA ]] || own_database || stop_with "There is no data folder $DATA." "Name the folder that the dashboard was started with: --data FOLDER"
    [[ -z $RESTORE ]] || need_backup "$RESTORE"
    prepare_home_and_data
    if [[ -n $BACKUP ]]; then make_backup "$BACKUP" && exit; fi
    if [[ -n $RESTORE ]]; then restore_backup "$RESTORE" && exit; fi
    refuse_half_restored
    take_lock
    trap stop_everything EXIT
    trap 'ENDED_BY="Ctrl-C"; exit' INT
    trap 'ENDED_BY="asked to"; exit' TERM HUP
    trap 'exec >/dev/null; ENDED_BY="nobody reads this any more"; exit' PIPE
    stop_leftovers
    need_port "$PORT" "the dashboard" "Stop that program, or choose another port: ./start-dashboard.sh --port $((PORT + 10))"
    find_dotnet
    if own_database; then good "Using the PostgreSQL of the settings (ConnectionStrings:Dashboard)"; else start_postgres; fi
    if own_shop; then
        good "Using the shop of the settings"
    elif [[ $WITH_DEMO == yes ]]; then
        start_demo_store
    fi
    build
    start_dashboard
    say_where
    watch_over
}

prepare_home_and_data() {
    open_data_folder
    prepare_home
}

main "$@"
