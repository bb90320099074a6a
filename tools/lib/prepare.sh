# Sourced by tools/up, tools/test, tools/tailer and others: finds or installs what Tailer needs, and builds.
# Every function either succeeds or ends the script with a message that says what to do.
# shellcheck shell=bash

repository="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
configuration="${TAILER_CONFIGURATION:-Release}"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

say() { printf '%s\n' "$*" >&2; }

fail() {
    local code="$1"
    shift
    say "$*"
    exit "$code"
}

# as_root COMMAND...: runs it as root, or fails when there is no way to.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        sudo "$@"
    else
        return 1
    fi
}

# refresh_packages: fetches the package lists, which may be old or absent; once, and only when something is missing.
refresh_packages() {
    [ -z "${packages_refreshed:-}" ] || return 0
    packages_refreshed=1
    as_root apt-get update >/dev/null 2>&1 </dev/null || true
}

# need_packages "what for" package...: installs Debian or Ubuntu packages.
need_packages() {
    local what="$1" log
    shift
    command -v apt-get >/dev/null 2>&1 ||
        fail 69 "$what is missing, and there is no apt-get here. Install what your system calls: $*"
    as_root true || fail 69 "$what is missing. Run as root: apt-get update && apt-get install -y $*"
    say "installing $what: $*"
    log="$(mktemp)"
    if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >"$log" 2>&1 </dev/null; then
        refresh_packages
        if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >"$log" 2>&1 </dev/null; then
            tail -n 20 "$log" >&2
            rm -f "$log"
            fail 69 "could not install $what. Install by hand: apt-get install -y $*"
        fi
    fi
    rm -f "$log"
}

# The list is taken whole before it is searched: grep -q ends early, and under pipefail that would look like a failure.
has_library() {
    local libraries
    libraries="$(ldconfig -p 2>/dev/null || /sbin/ldconfig -p)"
    [[ "$libraries" == *"$1 "* ]]
}

need_libraries() {
    local missing=()
    has_library libsodium.so.23 || missing+=(libsodium23)
    has_library libzstd.so.1 || missing+=(libzstd1)
    [ -d /usr/share/zoneinfo/Europe ] || missing+=(tzdata)
    if [ ${#missing[@]} -gt 0 ]; then
        need_packages "native libraries" "${missing[@]}"
    fi
}

need_dotnet() {
    if ! has_sdk && [ -x "$HOME/.dotnet/dotnet" ]; then
        export DOTNET_ROOT="$HOME/.dotnet" PATH="$HOME/.dotnet:$PATH"
    fi
    if ! has_sdk; then
        install_dotnet
    fi
    # The executables we build look for the runtime in a few fixed places; an SDK elsewhere has to be named.
    if [ -z "${DOTNET_ROOT:-}" ]; then
        local root
        root="$(dirname "$(readlink -f "$(command -v dotnet)")")"
        if [ -d "$root/shared" ]; then
            export DOTNET_ROOT="$root"
        fi
    fi
}

install_dotnet() {
    if command -v apt-cache >/dev/null 2>&1; then
        apt-cache show dotnet-sdk-10.0 >/dev/null 2>&1 || refresh_packages
        if apt-cache show dotnet-sdk-10.0 >/dev/null 2>&1; then
            need_packages "the .NET SDK" dotnet-sdk-10.0
        fi
    fi
    has_sdk || fail 69 "the .NET 10 SDK is missing, and no package of this system has it. Install it with this command, then run this again:
    curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0"
}

has_sdk() {
    local sdks
    command -v dotnet >/dev/null 2>&1 && sdks="$(dotnet --list-sdks 2>/dev/null)" && [[ $'\n'"$sdks" == *$'\n'10.* ]]
}

need_node() {
    if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
        need_packages "Node (it builds the web app)" nodejs npm
    fi
    local major
    major="$(node -p 'process.versions.node.split(".")[0]')"
    [ "$major" -ge 18 ] || fail 69 "Node $(node --version) is too old for the web app; install Node 18.19 or later."
}

need_browser() {
    local missing=()
    if ! command -v chromium >/dev/null 2>&1 && ! command -v chromium-browser >/dev/null 2>&1 && ! command -v google-chrome >/dev/null 2>&1; then
        missing+=(chromium)
    fi
    # Without any font Chromium draws no text at all.
    [ -n "$(find /usr/share/fonts "$HOME/.fonts" -name '*.[to]tf' -print -quit 2>/dev/null)" ] || missing+=(fonts-dejavu-core)
    if [ ${#missing[@]} -gt 0 ]; then
        need_packages "Chromium and a font (for the browser test)" "${missing[@]}"
    fi
}

# need_ripgrep: the program that search is compared with, in tests and measurements.
need_ripgrep() {
    command -v rg >/dev/null 2>&1 || need_packages "ripgrep (search is compared with it)" ripgrep
}

# need_faketime: gives one process a clock that is wrong, in a test.
need_faketime() {
    compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || need_packages "libfaketime (a test runs an agent whose clock is wrong)" libfaketime
}

# need_zstd: the program that blocks and segments are measured against.
need_zstd() {
    command -v zstd >/dev/null 2>&1 || need_packages "zstd (blocks and segments are measured against it)" zstd
}

# need_readelf: shows what a package's binaries ask of the system.
need_readelf() {
    command -v readelf >/dev/null 2>&1 || need_packages "readelf (it shows what a package needs)" binutils
}

# need_linker RUNTIME: gcc, which links native code for this kind of machine or another.
need_linker() {
    local packages=(gcc libc6-dev) compiler=gcc
    if [ "$1" = linux-arm64 ] && [ "$(uname -m)" != aarch64 ]; then
        packages=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross) compiler=aarch64-linux-gnu-gcc
    elif [ "$1" = linux-x64 ] && [ "$(uname -m)" != x86_64 ]; then
        fail 69 "native code for linux-x64 is linked on such a machine only; here there is: tools/package linux-x64 --jit"
    fi
    command -v "$compiler" >/dev/null 2>&1 || need_packages "$compiler (it links the agent's native code)" "${packages[@]}"
}

# need_rsyslog: the peer of tools/reliability, from Debian's packages, unpacked and not installed: installing it would start a service.
need_rsyslog() {
    local root="$repository/artifacts/rsyslog" log="$repository/artifacts/log/rsyslog.log" package
    [ ! -x "$root/usr/sbin/rsyslogd" ] || return 0
    command -v apt-get >/dev/null 2>&1 || fail 69 "rsyslog is compared as Debian ships it, and there is no apt-get here"
    apt-cache show rsyslog-relp >/dev/null 2>&1 || refresh_packages
    mkdir -p "$root/packages"
    (cd "$root/packages" && quietly "$log" apt-get download rsyslog rsyslog-relp librelp0 libestr0 libfastjson4) || fail 69 "rsyslog's packages could not be fetched"
    for package in "$root"/packages/*.deb; do
        dpkg-deb -x "$package" "$root"
    done
}

# quietly LOG COMMAND...: output goes to the log and is shown only when the command fails. Nothing inherits our output, so
# that a build server left running cannot hold a pipe open.
quietly() {
    local log="$1" status=0
    shift
    mkdir -p "$(dirname "$log")"
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if [ "$status" -ne 0 ]; then
        grep -E '(error|warning) [A-Z]+[0-9]+' "$log" | sort -u | head -n 40 >&2 || true
        say "--- last lines of $log"
        tail -n 25 "$log" >&2
    fi
    return "$status"
}

# build_dotnet TARGET...: builds projects or the solution.
build_dotnet() {
    local target
    for target in "$@"; do
        quietly "$repository/artifacts/log/build-$(basename "$target").log" \
            dotnet build "$repository/$target" -c "$configuration" -nologo -v minimal -tl:off ||
            fail 70 "building $target failed"
    done
}

# build_web: builds the web app into archie's wwwroot, unless that is newer than all of its sources.
build_web() {
    local web="$repository/archie/Tailer.Archie/web" out="$repository/archie/Tailer.Archie/wwwroot"
    local stamp="$out/index.html"
    if [ -f "$stamp" ] && [ -z "$(find "$web" -path "$web/node_modules" -prune -o -type f -newer "$stamp" -print -quit)" ]; then
        return
    fi
    if [ ! -f "$web/node_modules/.package-lock.json" ] || [ "$web/package-lock.json" -nt "$web/node_modules/.package-lock.json" ]; then
        (cd "$web" && quietly "$repository/artifacts/log/npm-ci.log" npm ci --no-audit --no-fund) || fail 70 "npm ci failed in $web"
    fi
    (cd "$web" && quietly "$repository/artifacts/log/web-build.log" npm run build) || fail 70 "building the web app failed in $web"
    touch "$stamp"
}
