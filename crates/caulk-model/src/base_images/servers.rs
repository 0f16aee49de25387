//! Web servers, proxies and what is built on them. An nginx, Apache or PHP-FPM master stays root.

use super::row::{BaseImage, Gains, LOW_PORTS, OWN_AND_STEP, Tags, root, runs_as};

/// The rows, sorted by repository.
pub(super) const ROWS: &[BaseImage] = &[
    root(
        "docker.io/dunglas/frankenphp",
        "dunglas/frankenphp: Dockerfile",
    )
    .account_named("www-data"),
    root("docker.io/dunglas/mercure", "dunglas/mercure: Dockerfile"),
    runs_as(
        "docker.io/library/adminer",
        "adminer",
        "TimWolla/docker-adminer: 4/Dockerfile",
    )
    .account_named("adminer"),
    root(
        "docker.io/library/caddy",
        "caddyserver/caddy-docker: 2.7/alpine/Dockerfile",
    )
    .gaining(Gains::File {
        path: "/usr/bin/caddy",
        capabilities: LOW_PORTS,
    }),
    root(
        "docker.io/library/ghost",
        "docker-library/repo-info: repos/ghost/remote/latest.md",
    )
    .account("node", 1000)
    .stepping_down("node", "gosu or su-exec", OWN_AND_STEP)
    .on(&["node*"]),
    runs_as(
        "docker.io/library/haproxy",
        "haproxy",
        "docker-library/haproxy: 2.4/Dockerfile",
    )
    .account("haproxy", 99)
    .tagged(Tags::SinceOrUnversioned(2, 4)),
    root(
        "docker.io/library/httpd",
        "docker-library/httpd: 2.4/alpine/Dockerfile",
    )
    .account_named("www-data")
    .writing(&["/usr/local/apache2/logs"]),
    runs_as(
        "docker.io/library/kong",
        "kong",
        "Kong/docker-kong: ubuntu/Dockerfile",
    )
    .account_named("kong")
    .tagged(Tags::SinceOrUnversioned(2, 0)),
    root(
        "docker.io/library/nextcloud",
        "nextcloud/docker: 34/apache/Dockerfile",
    )
    .account_named("www-data"),
    root(
        "docker.io/library/nginx",
        "nginx/docker-nginx: mainline/debian/Dockerfile",
    )
    .account("nginx", 101)
    .writing(&["/run", "/var/cache/nginx"]),
    root(
        "docker.io/library/phpmyadmin",
        "phpmyadmin/docker: apache/Dockerfile",
    )
    .account_named("www-data"),
    root(
        "docker.io/library/registry",
        "distribution/distribution-library-image: Dockerfile",
    ),
    root(
        "docker.io/library/traefik",
        "docker-library/repo-info: repos/traefik/remote/latest.md",
    ),
    root(
        "docker.io/library/wordpress",
        "docker-library/wordpress: latest/php8.2/apache/Dockerfile",
    )
    .account_named("www-data"),
    runs_as(
        "docker.io/nginxinc/nginx-unprivileged",
        "101",
        "nginxinc/docker-nginx-unprivileged: mainline/alpine-slim/Dockerfile",
    )
    .account("nginx", 101)
    .writing(&["/tmp"]),
    root(
        "docker.io/nginxproxy/nginx-proxy",
        "nginx-proxy/nginx-proxy: Dockerfile.alpine",
    )
    .account("nginx", 101),
    root(
        "docker.io/openresty/openresty",
        "openresty/docker-openresty: alpine/Dockerfile",
    ),
    root(
        "docker.io/phpmyadmin/phpmyadmin",
        "phpmyadmin/docker: apache/Dockerfile",
    )
    .account_named("www-data"),
    root(
        "docker.io/swaggerapi/swagger-editor",
        "swagger-api/swagger-editor: Dockerfile",
    )
    .account("nginx", 101),
    runs_as(
        "docker.io/swaggerapi/swagger-ui",
        "nginx",
        "swagger-api/swagger-ui: Dockerfile.unprivileged",
    )
    .account("nginx", 101)
    .tagged(Tags::EndsWith(&["unprivileged"])),
    root(
        "docker.io/swaggerapi/swagger-ui",
        "swagger-api/swagger-ui: Dockerfile",
    )
    .account("nginx", 101),
];
