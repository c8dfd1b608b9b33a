# shellcheck shell=bash
# The data folder, its lock, and the programs that run from it. Read by start-dashboard.sh.

open_data_folder() {
    if [[ ! -e $DATA ]]; then
        mkdir -p "$DATA" 2>/dev/null || stop_with "The data folder $DATA cannot be made." "Choose another with --data FOLDER"
        # Others may pass through, so that PostgreSQL's own user finds its folder in it, but may list nothing.
        chmod 0711 "$DATA"
    fi
    DATA=$(cd "$DATA" 2>/dev/null && pwd) || stop_with "The data folder $DATA cannot be entered." "Choose another with --data FOLDER"
    mkdir -p "$DATA/logs" "$DATA/pids" 2>/dev/null
    [[ -w $DATA && -w $DATA/logs && -w $DATA/pids ]] ||
        stop_with "The data folder $DATA belongs to another user ($(owner_of "$DATA"))." "Start as that user, or choose another folder with --data FOLDER"
    chmod 0700 "$DATA/logs" "$DATA/pids"
    LOCK=$DATA/pids/start-dashboard
}

owner_of() { find "$1" -prune -exec ls -ld {} \; 2>/dev/null | awk '{ print $3 }'; }

# A pid alone may have been given to another program since; with its start time it names one process.
name_process() { ps -o lstart= -p "$1" 2>/dev/null | tr -s ' '; }

remember() { printf '%s %s\n' "$2" "$(name_process "$2")" >"$DATA/pids/$1"; }

# Prints the pid if the remembered process still runs.
still_running() {
    local pid started
    read -r pid started 2>/dev/null <"$1" || return 1
    [[ $pid =~ ^[0-9]+$ && -n $started && $(name_process "$pid") == "$started" ]] || return 1
    echo "$pid"
}

take_lock() {
    local pid
    printf '%s %s\n' "$$" "$(name_process $$)" >"$LOCK.$$"
    until ln "$LOCK.$$" "$LOCK" 2>/dev/null; do
        pid=$(still_running "$LOCK") && rm -f "$LOCK.$$" && stop_with "The dashboard of $DATA is already running (process $pid)." \
            "Stop it with Ctrl-C in its window, or with: kill $pid" "Another one needs a data folder and a port of its own: --data FOLDER --port N"
        rm -f "$LOCK" || stop_with "The lock $LOCK cannot be removed."
    done
    rm -f "$LOCK.$$"
    LOCKED=yes
}

stop_process() { # name, seconds to wait before it is killed
    local pid tenths=0
    pid=$(still_running "$DATA/pids/$1") || { rm -f "$DATA/pids/$1" && return 0; }
    kill -TERM -- "-$pid" 2>/dev/null
    while still_running "$DATA/pids/$1" >/dev/null; do
        ((tenths++ < $2 * 10)) || kill -KILL -- "-$pid" 2>/dev/null
        sleep 0.1
    done
    rm -f "$DATA/pids/$1"
}

stop_leftovers() {
    local name pid
    for name in preparation dashboard demo-store; do
        pid=$(still_running "$DATA/pids/$name") || continue
        warn "An earlier start was killed and left its $name running (process $pid); stopping it"
        stop_process "$name" 10
    done
    return 0
}

# Each program is a process group of its own: Ctrl-C reaches this script alone, which then stops them in order.
start_process() { # name log command...
    local name=$1 log=$2
    shift 2
    set -m
    "$@" </dev/null >>"$log" 2>&1 &
    set +m
    remember "$name" $!
}

# A long step that a signal can end at once: bash would wait for a program in the foreground.
run_step() { # log command...
    start_process preparation "$@"
    wait $!
    local status=$?
    rm -f "$DATA/pids/preparation"
    return $status
}

fresh_log() {
    LOG=$DATA/logs/$1.log
    [[ ! -s $LOG ]] || mv "$LOG" "$LOG.1"
    : >"$LOG"
}

port_in_use() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() { # first candidate
    local port=$1
    while port_in_use "$port"; do ((port++)); done
    echo "$port"
}

need_port() { # port, whose, what to do
    ! port_in_use "$1" || stop_with "Port $1, which $2 needs, is in use by another program." "$3"
}

answers() { # port path
    local status
    { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
    printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$2" "$1" >&3
    read -r -t 5 _ status _ <&3
    exec 3>&-
    [[ ${status:-} == 200 ]]
}

wait_for() { # name port path seconds words
    local end=$((SECONDS + $4))
    until answers "$2" "$3"; do
        still_running "$DATA/pids/$1" >/dev/null || fail_with_log "$5 ended while it started."
        ((SECONDS < end)) || fail_with_log "$5 did not answer within $4 s."
        sleep 0.2
    done
}
