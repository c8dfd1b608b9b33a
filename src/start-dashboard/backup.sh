# shellcheck shell=bash
# Backup of everything that cannot be pulled again, and its way back. Read by start-dashboard.sh.
#
# A backup is a folder: database.dump (pg_dump, custom format, one moment of the whole database), dashboard.key (opens the
# tokens and keys that lie sealed in the database) and about. Whoever has it can open them: it is readable by its owner only.

BACKUP_FORMAT=1

# The parts of an Npgsql connection string, in the environment that PostgreSQL's own programs read.
export_connection() { # connection string
    local part name value
    unset PGHOST PGPORT PGDATABASE PGUSER PGPASSWORD PGSSLMODE
    while IFS= read -r -d ';' part || [[ -n $part ]]; do
        [[ $part == *=* ]] || continue
        name=${part%%=*} value=${part#*=}
        name=${name//[[:space:]]/}
        case ${name,,} in
            host | server) export PGHOST=$value ;;
            port) export PGPORT=$value ;;
            database | db) export PGDATABASE=$value ;;
            username | userid | user | uid) export PGUSER=$value ;;
            password | pwd) export PGPASSWORD=$value ;;
            sslmode) export PGSSLMODE=$(sed -E 's/^[vV]erify(CA|Ca|ca)$/verify-ca/; s/^[vV]erify(Full|full|FULL)$/verify-full/' <<<"$value" | tr '[:upper:]' '[:lower:]') ;;
        esac
    done < <(printf '%s' "$1")
}

settings_connection() {
    printf '%s' "${ConnectionStrings__Dashboard:-$(sed 's#^[[:space:]]*//.*##' "$SETTINGS" 2>/dev/null |
        sed -nE 's/.*"Dashboard"[[:space:]]*:[[:space:]]*"([^"]+)".*/\1/p' | head -n 1)}"
}

running_port() { as_server sed -n 4p "$CLUSTER/postmaster.pid" 2>/dev/null | tr -d ' '; }

# The private PostgreSQL as it is: the one that serves a running dashboard, else started for as long as this takes.
open_private_database() {
    choose_cluster
    [[ -d $CLUSTER ]] || stop_with "There is no database in $DATA." "Name the folder that the dashboard was started with: --data FOLDER"
    find_postgres
    if control_server status >/dev/null 2>&1; then
        PG_PORT=$(running_port)
    else
        lock_for_good
        PG_PORT=$(free_port $((PORT + 2)))
        server_settings | as_server tee "$CLUSTER/cowan.conf" >/dev/null
        fresh_log postgres
        POSTGRES_STARTED=yes
        control_server -w -t 120 start >>"$LOG" 2>&1 || fail_with_log "PostgreSQL did not start."
    fi
    export_connection "Host=127.0.0.1;Port=$PG_PORT;Database=$DATABASE;Username=$DATABASE;Password=$(<"$DATA/postgres-password")"
}

lock_for_good() {
    take_lock
    trap stop_everything EXIT
    trap 'exit 130' INT TERM HUP
}

find_client_programs() {
    PG=$(postgres_folder '') && [[ -x $PG/pg_dump && -x $PG/pg_restore && -x $PG/psql ]] ||
        stop_with "pg_dump, pg_restore and psql are needed." "Debian and Ubuntu: sudo apt-get install postgresql-client"
}

ask_database() { "$PG/psql" -XAtq -v ON_ERROR_STOP=1 -c "$1"; }

key_file() { printf '%s' "${Dashboard__KeyFile:-$DATA/keys/dashboard.key}"; }

make_backup() { # folder
    local to=$1 making=$1.making begun=$SECONDS
    [[ ! -e $to ]] || stop_with "$to exists." "A backup never goes over another: name a folder that is not there, for example --backup ${to%/}-$(date +%Y-%m-%d)"
    if own_database; then find_client_programs && export_connection "$(settings_connection)"; else open_private_database; fi
    rm -rf "$making"
    (umask 077 && mkdir -p "$making") || stop_with "$making cannot be made." "Name a folder that you may write to."
    making=$(cd "$making" && pwd)
    trap 'rm -rf "$making"; exit 130' INT TERM HUP
    fresh_log backup
    step "Writing a backup to $to"
    "$PG/pg_dump" -Fc --no-owner --no-privileges -f "$making/database.dump" </dev/null >>"$LOG" 2>&1 || fail_backup "$making" "The database could not be written out."
    chmod 0600 "$making/database.dump"
    if [[ -f $(key_file) ]]; then
        install -m 0600 "$(key_file)" "$making/dashboard.key" || fail_backup "$making" "The key $(key_file) could not be copied."
    else
        warn "There is no key at $(key_file): the tokens in this backup cannot be opened without it (Dashboard__KeyFile)"
    fi
    printf 'format=%s\nmade=%s\npostgres=%s\n' "$BACKUP_FORMAT" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(ask_database 'show server_version')" >"$making/about" || fail_backup "$making" "The backup could not be finished."
    sync "$making"/* 2>/dev/null
    mv "$making" "$to" || fail_backup "$making" "$making cannot be moved to $to."
    good "$to: $(du -sh "$to" | cut -f 1) in $((SECONDS - begun)) s. It opens the shop's tokens: keep it where only you can read it."
}

fail_backup() { # folder words
    rm -rf "$1"
    fail_with_log "$2" "Nothing was kept."
}

need_backup() { # folder
    [[ -f $1/database.dump && -f $1/about ]] || stop_with "$1 is no backup." "Name the folder that --backup wrote."
    grep -qx "format=$BACKUP_FORMAT" "$1/about" || stop_with "$1 was written by a newer dashboard." "Restore it with that version or a later one."
}

restore_backup() { # folder
    local from=$1 begun=$SECONDS
    from=$(cd "$from" && pwd)
    lock_for_good
    [[ ! -f $(key_file) ]] || cmp -s "$(key_file)" "$from/dashboard.key" ||
        stop_with "$DATA holds the key of another dashboard." "Restore into a folder of its own: --data FOLDER"
    if own_database; then find_client_programs && export_connection "$(settings_connection)"; else make_empty_database; fi
    [[ $(ask_database "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'p')") == 0 ]] ||
        stop_with "The database is not empty." "A restore never goes over what is there: give it an empty database, or another --data FOLDER"
    : >"$DATA/restoring"
    fresh_log restore
    step "Restoring $from ($(sed -n 's/^made=//p' "$from/about"))"
    run_step "$LOG" "$PG/pg_restore" --no-owner --no-privileges --exit-on-error -j 2 -d "$PGDATABASE" "$from/database.dump" ||
        fail_with_log "The backup could not be restored." "$DATA is half restored and is not started: remove it and restore again."
    ask_database 'set client_min_messages = error; analyze' >>"$LOG" 2>&1
    if [[ -f $from/dashboard.key ]]; then
        install -d -m 0700 "$(dirname "$(key_file)")" && install -m 0600 "$from/dashboard.key" "$(key_file)" || stop_with "The key cannot be written to $(key_file)."
    else
        warn "This backup holds no key: put the dashboard's key to $(key_file), or shops must be connected again"
    fi
    rm -f "$DATA/restoring"
    good "$(ask_database "select (select count(*) from products) || ' products, ' || (select count(*) from change_sets) || ' change sets'") restored in $((SECONDS - begun)) s"
    note "Start it with: ./start-dashboard.sh --data $DATA"
}

make_empty_database() {
    choose_cluster
    [[ ! -d $CLUSTER ]] || stop_with "There is a database in $DATA already." "A restore never goes over what is there: restore into a folder that is not there, with --data FOLDER"
    start_postgres
    export_connection "$ConnectionStrings__Dashboard"
    unset ConnectionStrings__Dashboard
}

refuse_half_restored() {
    [[ ! -e $DATA/restoring ]] || stop_with "A restore into $DATA was cut off." "Remove $DATA and restore again: ./start-dashboard.sh --restore BACKUP --data $DATA"
}
