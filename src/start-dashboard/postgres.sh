# shellcheck shell=bash
# A private PostgreSQL in the data folder. Read by start-dashboard.sh.

# Prints the newest PostgreSQL of 15 or later, or exactly the version that made an existing cluster.
postgres_folder() { # wanted major or empty
    local folder version best='' best_version=14
    for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin /usr/local/pgsql/bin "$(pg_config --bindir 2>/dev/null)" "$(dirname "$(command -v initdb || echo /nowhere/initdb)")"; do
        [[ -x $folder/initdb && -x $folder/postgres ]] || continue
        version=$("$folder/postgres" --version | grep -oE '[0-9]+' | head -n 1)
        if [[ -n $1 ]]; then
            [[ $version == "$1" ]] && echo "$folder" && return 0
        elif ((version > best_version)); then
            best=$folder best_version=$version
        fi
    done
    [[ -n $best ]] && echo "$best"
}

find_postgres() {
    local wanted=''
    wanted=$(as_server cat "$CLUSTER/PG_VERSION" 2>/dev/null)
    PG=$(postgres_folder "$wanted") && return 0
    if [[ -n $wanted ]]; then
        stop_with "The database in $CLUSTER was made by PostgreSQL $wanted, which is not installed any more." "Install that version again: sudo apt-get install postgresql-$wanted"
    fi
    install_postgres
    PG=$(postgres_folder '') || stop_with "PostgreSQL 15 or newer (the server) is not installed." \
        "Debian and Ubuntu: sudo apt-get install postgresql" "Fedora: sudo dnf install postgresql-server postgresql-contrib" \
        "macOS: brew install postgresql@17" "Or use a server you have: ConnectionStrings__Dashboard='Host=…;Database=…;Username=…;Password=…'"
}

# Debian starts a system-wide server with the package; ours is private, so that one is not wanted.
install_postgres() {
    local folder=/etc/postgresql-common/createcluster.d made=no
    if ((EUID == 0)) && command -v apt-get >/dev/null && [[ ! -e /usr/lib/postgresql ]]; then
        mkdir -p $folder && echo 'create_main_cluster = false' >$folder/cowan.conf && made=yes
    fi
    install_package postgresql
    [[ $made == no ]] || rm -f $folder/cowan.conf
}

# PostgreSQL refuses to run as root: root starts it as the user who owns the cluster, with nothing of our own
# environment, which may hold passwords and tokens.
as_server() {
    if [[ -z $SERVER_USER ]]; then
        "$@"
    else
        (cd / && exec setpriv --reuid "$SERVER_USER" --regid "$(id -g "$SERVER_USER")" --clear-groups env -i PATH="$PATH" HOME=/ LANG=C.UTF-8 "$@")
    fi
}

choose_cluster() {
    SERVER_USER='' CLUSTER=$DATA/postgres
    [[ -s $DATA/postgres-folder ]] && CLUSTER=$(<"$DATA/postgres-folder")
    ((EUID == 0)) || return 0
    SERVER_USER=postgres
    if [[ -d $CLUSTER ]]; then
        SERVER_USER=$(owner_of "$CLUSTER")
        return 0
    fi
    id postgres >/dev/null 2>&1 || install_postgres
    id postgres >/dev/null 2>&1 || stop_with "PostgreSQL does not run as root, and there is no user postgres to run it as." \
        "Install the server (Debian and Ubuntu: apt-get install postgresql), or start the dashboard as a normal user"
    command -v setpriv >/dev/null || stop_with "As root the program setpriv is needed." "Install util-linux, or start the dashboard as a normal user"
    as_server test -x "$DATA" || choose_reachable_cluster
}

# The project may lie below a folder that is closed to others (such as /root). It is not opened for this: the
# database goes where its user can reach it, and a note in the data folder says where.
choose_reachable_cluster() {
    local home=/var/lib/cowans-dashboard folder
    for folder in "$home"/*/; do
        [[ -f $folder/data-folder && $(<"$folder/data-folder") == "$DATA" ]] &&
            warn "An older database of $DATA is left in $folder; remove it when you do not need it"
    done
    install -d -m 0711 "$home" || stop_with "$home cannot be made." "Choose a data folder that the user postgres can reach, with --data FOLDER"
    folder=$(mktemp -d "$home/XXXXXXXX") || stop_with "No folder for the database can be made in $home."
    chmod 0711 "$folder"
    printf '%s\n' "$DATA" >"$folder/data-folder"
    CLUSTER=$folder/postgres
    printf '%s\n' "$CLUSTER" >"$DATA/postgres-folder"
    warn "The user postgres cannot reach $DATA, so the database lies in $CLUSTER"
}

make_secret() { LC_ALL=C od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

# Made beside its place and moved there when complete: a cluster that was cut off in the making is never used,
# and nothing here ever removes a complete one.
make_cluster() {
    local new=$CLUSTER.making
    step "Making a private PostgreSQL in $CLUSTER"
    fresh_log initdb
    rm -rf "$new" "$DATA/postgres-password"
    install -d -m 0700 "$new" || stop_with "$new cannot be made."
    [[ -z $SERVER_USER ]] || chown "$SERVER_USER:" "$new" || stop_with "$new cannot be given to the user $SERVER_USER."
    as_server "$PG/initdb" -D "$new" -U postgres --auth=trust -E UTF8 --locale="$(utf8_locale)" --no-instructions >>"$LOG" 2>&1 ||
        fail_with_log "PostgreSQL could not make its data folder $new."
    echo "include 'cowan.conf'" | as_server tee -a "$new/postgresql.conf" >/dev/null
    as_server tee "$new/cowan.conf" </dev/null
    # No way in but this. The superuser has no password, so nobody signs in as that.
    echo "host all all 127.0.0.1/32 scram-sha-256" | as_server tee "$new/pg_hba.conf" >/dev/null
    alone "$new" "create role $DATABASE login"
    alone "$new" "create database $DATABASE owner $DATABASE"
    mv "$new" "$CLUSTER" || stop_with "$new cannot be moved to $CLUSTER."
}

# Search folds the case of every letter, which the plain C locale does for ASCII only.
utf8_locale() { locale -a 2>/dev/null | grep -iE '^(C|en_US)\.utf-?8$' | LC_ALL=C sort | head -n 1 | grep . || echo C.UTF-8; }

# Runs one statement as superuser while no server runs.
alone() { # cluster statement
    fresh_log initdb
    as_server "$PG/postgres" --single -D "$1" postgres >>"$LOG" 2>&1 <<<"$2"
    ! grep -qE 'ERROR|FATAL|PANIC' "$LOG" || fail_with_log "The database could not be prepared."
}

fail_with_log() {
    show_end_of "$LOG"
    stop_with "$@"
}

set_password() {
    local password
    password=$(make_secret)
    alone "$CLUSTER" "alter role $DATABASE password '$password'"
    (umask 077 && printf '%s\n' "$password" >"$DATA/postgres-password") || stop_with "$DATA/postgres-password cannot be written."
}

memory_in_mb() {
    local limit
    if [[ -r /proc/meminfo ]]; then
        awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo
    else
        limit=$(sysctl -n hw.memsize 2>/dev/null) && echo $((limit / 1048576)) || echo 2048
    fi
}

between() { echo $(($1 < $2 ? $2 : $1 > $3 ? $3 : $1)); }

server_settings() {
    local memory
    memory=$(memory_in_mb)
    cat <<SETTINGS
# Written by start-dashboard.sh at every start, for a machine with $memory MB of memory.
listen_addresses = '127.0.0.1'
port = $PG_PORT
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 100
shared_buffers = $(between $((memory / 4)) 128 2048)MB
effective_cache_size = $(between $((memory / 2)) 256 8192)MB
work_mem = $(between $((memory / 256)) 8 64)MB
maintenance_work_mem = $(between $((memory / 32)) 64 512)MB
max_wal_size = 4GB
checkpoint_timeout = 15min
wal_compression = on
random_page_cost = 1.1
jit = off
timezone = 'UTC'
logging_collector = off
SETTINGS
}

control_server() { as_server "$PG/pg_ctl" -D "$CLUSTER" "$@" </dev/null; }

start_postgres() {
    local password
    choose_cluster
    find_postgres
    [[ -d $CLUSTER ]] || make_cluster
    if control_server status >/dev/null 2>&1; then
        warn "An earlier start was killed and left its PostgreSQL running; starting it anew"
        control_server -m fast -w -t 60 stop >/dev/null 2>&1
    fi
    PG_PORT=$(free_port $((PORT + 2)))
    server_settings | as_server tee "$CLUSTER/cowan.conf" >/dev/null
    [[ -s $DATA/postgres-password ]] || set_password
    fresh_log postgres
    POSTGRES_STARTED=yes
    control_server -w -t 120 start >>"$LOG" 2>&1 || fail_with_log "PostgreSQL did not start."
    password=$(<"$DATA/postgres-password")
    export ConnectionStrings__Dashboard="Host=127.0.0.1;Port=$PG_PORT;Database=$DATABASE;Username=$DATABASE;Password=$password"
    good "PostgreSQL $(as_server cat "$CLUSTER/PG_VERSION") on 127.0.0.1:$PG_PORT"
}
