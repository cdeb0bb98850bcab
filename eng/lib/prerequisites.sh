# What the commands in eng/ need from the machine; they source this file. Messages go to standard error, so that standard output
# stays the command's own.

# The scripts parse what dotnet prints, so it has to print English.
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en

say() {
    printf '%s\n' "$*" >&2
}

# Not every package source has the .NET SDK, so the user has to install it.
ensure_dotnet() {
    local major
    if command -v dotnet >/dev/null 2>&1; then
        major=$(dotnet --list-sdks 2>/dev/null | cut -d. -f1 | sort -n | tail -n 1)
        if [ "${major:-0}" -ge 10 ]; then
            return 0
        fi
    fi

    say "The .NET SDK 10 or later is needed and was not found (found: ${major:-none})."
    say "Get it from https://dotnet.microsoft.com/download, or with your system's packages (for example: apt-get install dotnet-sdk-10.0)."
    return 1
}

# Finds redis-server on the PATH, or installs Debian's, as root or with sudo. Fails where neither is possible.
find_or_install_redis() {
    if command -v redis-server >/dev/null 2>&1; then
        return 0
    fi

    if ! can_install; then
        return 1
    fi

    say "redis-server is not installed; installing it with apt-get ..."
    if install_package redis-server && command -v redis-server >/dev/null 2>&1; then
        return 0
    fi

    say "apt-get could not install redis-server."
    return 1
}

# As above, and says what to do where it fails.
ensure_redis() {
    if find_or_install_redis; then
        return 0
    fi

    say "redis-server is needed and was not found on the PATH. Install Redis 6.2 or later and run this again:"
    say "  Debian, Ubuntu:  sudo apt-get install redis-server"
    say "  Fedora:          sudo dnf install redis"
    say "  Arch:            sudo pacman -S redis"
    say "  Alpine:          sudo apk add redis"
    say "  macOS:           brew install redis"
    return 1
}

# A Python with redis-py, for the tests of the gateway; installs Debian's where that is possible. The tests go without it too.
ensure_redis_py() {
    if /usr/bin/python3 -c 'import redis' 2>/dev/null || python3 -c 'import redis' 2>/dev/null; then
        return 0
    fi

    can_install && install_package python3-redis 2>/dev/null && /usr/bin/python3 -c 'import redis' 2>/dev/null
}

# Whether packages of Debian can be installed here.
can_install() {
    command -v apt-get >/dev/null 2>&1 && may_be_root
}

# Whether this is root, or sudo works without a password or can ask for one.
may_be_root() {
    [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null || { command -v sudo >/dev/null 2>&1 && [ -t 0 ]; }
}

# Installs a package of Debian, as root or with sudo. Only the program, without its service: each command starts servers of its own.
install_package() {
    local log as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        as_root=(sudo)
    fi

    log=$(mktemp)
    if "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 sh -c \
        'apt-get install -y -q --no-install-recommends "$0" ||
         { apt-get update -q && apt-get install -y -q --no-install-recommends "$0"; }' "$1" </dev/null >"$log" 2>&1; then
        rm -f "$log"
        return 0
    fi

    tail -n 5 "$log" >&2
    rm -f "$log"
    return 1
}

# Builds a program under tests/ and becomes it: build_and_exec NAME [ARGUMENTS]
build_and_exec() {
    local name=$1 log
    shift
    if ! log=$(dotnet build "$root/tests/$name/$name.csproj" -c Release -v quiet -nodeReuse:false </dev/null 2>&1); then
        say "$log"
        say "The build failed."
        return 1
    fi

    exec dotnet "$root/artifacts/bin/$name/release/$name.dll" "$@"
}
