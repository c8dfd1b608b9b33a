# shellcheck shell=bash
# Finds or installs what must be there. Read by start-dashboard.sh.

install_package() { # apt packages..., with apt where there is one and the rights to use it
    local sudo=()
    command -v apt-get >/dev/null || return 1
    if ((EUID != 0)); then
        command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; } || return 1
        sudo=(sudo)
    fi
    step "Installing $* (apt)"
    "${sudo[@]}" apt-get update -qq >"$DATA/logs/install.log" 2>&1 &&
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >>"$DATA/logs/install.log" 2>&1 &&
        return 0
    show_end_of "$DATA/logs/install.log"
    return 1
}

find_dotnet() {
    local candidate
    for candidate in dotnet "${DOTNET_ROOT:-/nowhere}/dotnet" "${HOME:-/nowhere}/.dotnet/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet /usr/local/share/dotnet/dotnet; do
        DOTNET=$(command -v "$candidate") && "$DOTNET" --list-sdks 2>/dev/null | grep -q '^10\.' && return 0
    done
    stop_with "The .NET SDK 10 is not installed." \
        "Debian and Ubuntu, with Microsoft's package source: sudo apt-get install dotnet-sdk-10.0" \
        "Anywhere, without root: curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0" \
        "Others: https://dotnet.microsoft.com/download/dotnet/10.0"
}

node_is_fit() { command -v node >/dev/null && command -v npm >/dev/null && node -e 'process.exit(+process.versions.node.split(".")[0] >= 18 ? 0 : 1)'; }

find_node() {
    node_is_fit && return 0
    command -v node >/dev/null || install_package nodejs npm
    node_is_fit || stop_with "The demo store needs Node 18 or newer with npm." \
        "Debian and Ubuntu: sudo apt-get install nodejs npm" "Others: https://nodejs.org/en/download" \
        "Or start without the demo store: ./start-dashboard.sh --no-demo"
}
