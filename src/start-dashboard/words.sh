# shellcheck shell=bash
# What the script says, in colour where a person reads it. Read by start-dashboard.sh.

choose_colours() {
    BOLD='' DIM='' GREEN='' YELLOW='' RED='' BLUE='' PLAIN=''
    [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]] || return 0
    BOLD=$'\e[1m' DIM=$'\e[2m' GREEN=$'\e[32m' YELLOW=$'\e[33m' RED=$'\e[31m' BLUE=$'\e[34m' PLAIN=$'\e[0m'
}

step() { printf '%s==>%s %s\n' "$BLUE" "$PLAIN" "$*"; }
good() { printf '%s ok%s  %s\n' "$GREEN" "$PLAIN" "$*"; }
warn() { printf '%s  !%s  %s\n' "$YELLOW" "$PLAIN" "$*"; }
note() { printf '     %s%s%s\n' "$DIM" "$*" "$PLAIN"; }

# Says what is wrong on the first line, and what would be right on the others.
stop_with() {
    printf '%sStopped:%s %s\n' "$RED" "$PLAIN" "$1" >&2
    shift
    (($# == 0)) || printf '  %s\n' "$@" >&2
    exit 1
}

show_end_of() {
    [[ -s $1 ]] || return 0
    printf '%s--- the end of %s%s\n' "$DIM" "$1" "$PLAIN" >&2
    tail -n "${2:-20}" "$1" >&2
}
