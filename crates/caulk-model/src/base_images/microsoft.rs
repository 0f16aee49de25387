//! Windows, and what Microsoft publishes for Linux.

use super::row::{BaseImage, Gains, LOW_PORTS, SUDO, Tags, root, runs_as, windows};

const NANOSERVER: &str = "docker-library/golang: 1.27/windows/nanoserver-ltsc2025/Dockerfile";
const WINDOWS_DEFAULT: &str = "https://techcommunity.microsoft.com/t5/itops-talk-blog/\
    how-to-change-the-user-account-for-windows-containers/ba-p/3601571";
const DOTNET_CHISELED: &str =
    "dotnet/dotnet-docker: src/runtime-deps/8.0/jammy-chiseled/amd64/Dockerfile";
const DOTNET_ACCOUNT: &str =
    "https://learn.microsoft.com/dotnet/core/compatibility/containers/8.0/app-user";

/// For debuggers: what the image's own configuration asks for (`cpp`), or a feature in it (`go`, `rust`).
/// `runArgs` do not come into a label.
const DEBUGGERS: &str = r#"{"capAdd": ["SYS_PTRACE"], "securityOpt": ["seccomp=unconfined"]}"#;

/// With the features `docker-in-docker` and `go`.
const ENGINE_AND_DEBUGGERS: &str =
    r#"{"privileged": true, "capAdd": ["SYS_PTRACE"], "securityOpt": ["seccomp=unconfined"]}"#;

/// The rows, sorted by repository.
pub(super) const ROWS: &[BaseImage] = &[
    windows("docker.io/library/*", "ContainerUser", NANOSERVER)
        .tagged(Tags::Contains(&["nanoserver"])),
    windows(
        "docker.io/library/*",
        "ContainerAdministrator",
        WINDOWS_DEFAULT,
    )
    .tagged(Tags::Contains(&["windowsservercore"])),
    root(
        "mcr.microsoft.com/devcontainers/anaconda",
        "devcontainers/images: src/anaconda/.devcontainer/Dockerfile",
    )
    .gaining(SUDO),
    root(
        "mcr.microsoft.com/devcontainers/base",
        "devcontainers/images: src/base-debian/.devcontainer/Dockerfile",
    )
    .gaining(SUDO)
    .account("vscode", 1000),
    root(
        "mcr.microsoft.com/devcontainers/cpp",
        "devcontainers/images: src/cpp/.devcontainer/Dockerfile",
    )
    .gaining(SUDO)
    .asking_for(DEBUGGERS),
    root(
        "mcr.microsoft.com/devcontainers/dotnet",
        "devcontainers/images: src/dotnet/.devcontainer/Dockerfile",
    )
    .gaining(SUDO),
    root(
        "mcr.microsoft.com/devcontainers/go",
        "devcontainers/images: src/go/.devcontainer/Dockerfile",
    )
    .gaining(SUDO)
    .asking_for(DEBUGGERS)
    .account("vscode", 1000),
    root(
        "mcr.microsoft.com/devcontainers/java",
        "devcontainers/images: src/java/.devcontainer/Dockerfile",
    )
    .gaining(SUDO),
    root(
        "mcr.microsoft.com/devcontainers/javascript-node",
        "devcontainers/images: src/javascript-node/.devcontainer/Dockerfile",
    )
    .gaining(SUDO)
    .account("node", 1000),
    root(
        "mcr.microsoft.com/devcontainers/jekyll",
        "devcontainers/images: src/jekyll/.devcontainer/Dockerfile",
    )
    .gaining(SUDO),
    root(
        "mcr.microsoft.com/devcontainers/miniconda",
        "devcontainers/images: src/miniconda/.devcontainer/Dockerfile",
    )
    .gaining(SUDO),
    root(
        "mcr.microsoft.com/devcontainers/php",
        "devcontainers/images: src/php/.devcontainer/Dockerfile",
    )
    .gaining(SUDO)
    .account("vscode", 1000),
    root(
        "mcr.microsoft.com/devcontainers/python",
        "devcontainers/images: src/python/.devcontainer/Dockerfile",
    )
    .gaining(SUDO)
    .account("vscode", 1000),
    root(
        "mcr.microsoft.com/devcontainers/ruby",
        "devcontainers/images: src/ruby/.devcontainer/Dockerfile",
    )
    .gaining(SUDO)
    .account("vscode", 1000),
    root(
        "mcr.microsoft.com/devcontainers/rust",
        "devcontainers/images: src/rust/.devcontainer/Dockerfile",
    )
    .gaining(SUDO)
    .asking_for(DEBUGGERS)
    .account("vscode", 1000),
    root(
        "mcr.microsoft.com/devcontainers/typescript-node",
        "devcontainers/images: src/typescript-node/.devcontainer/Dockerfile",
    )
    .gaining(SUDO)
    .account("node", 1000),
    root(
        "mcr.microsoft.com/devcontainers/universal",
        "devcontainers/images: src/universal/.devcontainer/devcontainer.json",
    )
    .gaining(SUDO)
    .in_dev_containers("codespace")
    .asking_for(ENGINE_AND_DEBUGGERS),
    windows("mcr.microsoft.com/dotnet/*", "ContainerUser", NANOSERVER)
        .tagged(Tags::Contains(&["nanoserver"])),
    windows(
        "mcr.microsoft.com/dotnet/*",
        "ContainerAdministrator",
        WINDOWS_DEFAULT,
    )
    .tagged(Tags::Contains(&["windowsservercore"])),
    runs_as("mcr.microsoft.com/dotnet/aspnet", "1654", DOTNET_CHISELED)
        .tagged(Tags::Contains(&["chiseled", "distroless"])),
    root("mcr.microsoft.com/dotnet/aspnet", DOTNET_ACCOUNT)
        .account("app", 1654)
        .tagged(Tags::SinceOrUnversioned(8, 0)),
    root("mcr.microsoft.com/dotnet/aspnet", DOTNET_ACCOUNT),
    runs_as("mcr.microsoft.com/dotnet/runtime", "1654", DOTNET_CHISELED)
        .tagged(Tags::Contains(&["chiseled", "distroless"])),
    root("mcr.microsoft.com/dotnet/runtime", DOTNET_ACCOUNT)
        .account("app", 1654)
        .tagged(Tags::SinceOrUnversioned(8, 0)),
    root("mcr.microsoft.com/dotnet/runtime", DOTNET_ACCOUNT),
    runs_as(
        "mcr.microsoft.com/dotnet/runtime-deps",
        "1654",
        DOTNET_CHISELED,
    )
    .tagged(Tags::Contains(&["chiseled", "distroless"])),
    root("mcr.microsoft.com/dotnet/runtime-deps", DOTNET_ACCOUNT)
        .account("app", 1654)
        .tagged(Tags::SinceOrUnversioned(8, 0)),
    root("mcr.microsoft.com/dotnet/runtime-deps", DOTNET_ACCOUNT),
    root("mcr.microsoft.com/dotnet/sdk", DOTNET_ACCOUNT)
        .account("app", 1654)
        .tagged(Tags::SinceOrUnversioned(8, 0)),
    root("mcr.microsoft.com/dotnet/sdk", DOTNET_ACCOUNT),
    runs_as(
        "mcr.microsoft.com/mssql/server",
        "mssql",
        "https://go.microsoft.com/fwlink/?linkid=2099216",
    )
    .account("mssql", 10001)
    // microsoft/mssql-docker issue 769: with all dropped it does not start, with this one it does.
    .gaining(Gains::File {
        path: "/opt/mssql/bin/sqlservr",
        capabilities: LOW_PORTS,
    })
    .tagged(Tags::StartsWith(&["2019", "2022", "2025", "latest"])),
    windows(
        "mcr.microsoft.com/windows",
        "ContainerAdministrator",
        WINDOWS_DEFAULT,
    ),
    windows(
        "mcr.microsoft.com/windows/nanoserver",
        "ContainerUser",
        NANOSERVER,
    ),
    windows(
        "mcr.microsoft.com/windows/server",
        "ContainerAdministrator",
        WINDOWS_DEFAULT,
    ),
    windows(
        "mcr.microsoft.com/windows/servercore",
        "ContainerAdministrator",
        WINDOWS_DEFAULT,
    ),
    windows(
        "mcr.microsoft.com/windows/servercore/iis",
        "ContainerAdministrator",
        WINDOWS_DEFAULT,
    ),
];
