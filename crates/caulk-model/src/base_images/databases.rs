//! Databases, caches, queues and search engines.

use super::row::{
    ARRANGE_AND_SHED, ARRANGE_AND_STEP, BaseImage, OWN_AND_STEP, SIGNAL, Tags, root, runs_as,
};

const ELASTICSEARCH: &str = "elastic/elasticsearch: distribution/docker/src/docker/Dockerfile";
const OPENSEARCH: &str =
    "opensearch-project/opensearch-build: docker/release/dockerfiles/opensearch.al2.dockerfile";

/// The first release of each line whose entrypoint steps down with `setpriv`, and sheds the bounding
/// set on the way (docker-library/official-images pull requests 18788 and 21383).
const REDIS_WITH_SETPRIV: &[(u32, u32, u32)] = &[(6, 2, 22), (7, 2, 14), (7, 4, 9), (8, 0, 0)];

const REDIS_COMMANDS: &[&str] = &[
    "redis-server",
    "redis-sentinel",
    "/usr/local/bin/redis-*",
    "-*",
    "*.conf",
];

/// Where the server keeps its socket, and what queries spill into beside the data.
const POSTGRES_WRITES: &[&str] = &["/run/postgresql", "/tmp"];

/// The rows, sorted by repository.
pub(super) const ROWS: &[BaseImage] = &[
    runs_as(
        "docker.elastic.co/elasticsearch/elasticsearch",
        "1000:0",
        ELASTICSEARCH,
    )
    .account("elasticsearch", 1000)
    .tagged(Tags::Since(8, 0)),
    root(
        "docker.io/altinity/clickhouse-server",
        "Altinity/ClickHouse: docker/server/Dockerfile.ubuntu",
    )
    .stepping_down("clickhouse", "clickhouse su", OWN_AND_STEP)
    .on(&["--*"])
    .tagged(Tags::EndsWith(&["altinitystable"])),
    runs_as(
        "docker.io/apache/kafka",
        "appuser",
        "apache/kafka: docker/jvm/Dockerfile",
    )
    .account_named("appuser"),
    root(
        "docker.io/clickhouse/clickhouse-server",
        "ClickHouse/ClickHouse: docker/server/entrypoint.sh",
    )
    // Where it has a database to make first, root starts the server for that, and ends it with a signal.
    .stepping_down("clickhouse", "clickhouse su", OWN_AND_STEP.union(SIGNAL))
    .on(&["--*"])
    .tagged(Tags::SinceOrUnversioned(22, 3)),
    runs_as("docker.io/elastic/elasticsearch", "1000:0", ELASTICSEARCH)
        .account("elasticsearch", 1000)
        .tagged(Tags::Since(8, 0)),
    root(
        "docker.io/library/cassandra",
        "docker-library/cassandra: docker-entrypoint.sh",
    )
    .stepping_down("cassandra", "gosu", OWN_AND_STEP)
    .on(&["cassandra", "-*"]),
    root(
        "docker.io/library/couchdb",
        "apache/couchdb-docker: 3.2.3/docker-entrypoint.sh",
    )
    .account("couchdb", 5984)
    // Its entrypoint starts behind `tini`, which stays root.
    .stepping_down("couchdb", "gosu or setpriv", ARRANGE_AND_STEP.union(SIGNAL))
    .on(&["couchdb", "/opt/couchdb/bin/couchdb", "-*", "+*"])
    .tagged(Tags::SinceOrUnversioned(3, 0)),
    root(
        "docker.io/library/eclipse-mosquitto",
        "eclipse/mosquitto: docker/2.0/Dockerfile",
    )
    .account("mosquitto", 1883)
    .stepping_down("mosquitto", "mosquitto itself", OWN_AND_STEP)
    .on(&["mosquitto", "/usr/sbin/mosquitto"]),
    runs_as("docker.io/library/elasticsearch", "1000:0", ELASTICSEARCH)
        .account("elasticsearch", 1000)
        .tagged(Tags::Since(8, 0)),
    root(
        "docker.io/library/influxdb",
        "influxdata/influxdata-docker: influxdb/2.7/entrypoint.sh",
    )
    .account("influxdb", 1000)
    .stepping_down("influxdb", "gosu or su-exec or setpriv", ARRANGE_AND_STEP)
    .on(&["influxd", "run", "-*"])
    .tagged(Tags::StartsWith(&["2"])),
    root(
        "docker.io/library/mariadb",
        "MariaDB/mariadb-docker: 11.4/docker-entrypoint.sh",
    )
    .stepping_down("mysql", "gosu", OWN_AND_STEP)
    .on(&["mariadbd", "mysqld", "-*"])
    .writing(&["/run/mysqld", "/tmp"]),
    runs_as(
        "docker.io/library/memcached",
        "memcache",
        "docker-library/repo-info: repos/memcached/remote/latest.md",
    )
    .account("memcache", 11211)
    .writing(&[]),
    root(
        "docker.io/library/mongo",
        "docker-library/mongo: 7.0/docker-entrypoint.sh",
    )
    .account("mongodb", 999)
    .stepping_down("mongodb", "gosu", OWN_AND_STEP)
    .on(&["mongo*", "-*"])
    .writing(&["/tmp"]),
    root(
        "docker.io/library/mysql",
        "docker-library/mysql: 8.4/Dockerfile.oracle",
    )
    .account("mysql", 999)
    .stepping_down("mysql", "gosu", OWN_AND_STEP)
    .on(&["mysqld", "-*"])
    .writing(&["/run/mysqld", "/tmp"]),
    root(
        "docker.io/library/nats",
        "nats-io/nats-docker: 2.10.x/scratch/Dockerfile",
    ),
    runs_as(
        "docker.io/library/percona",
        "mysql",
        "percona/percona-docker: percona-server-8.0/Dockerfile",
    )
    .account("mysql", 1001),
    root(
        "docker.io/library/postgres",
        "docker-library/postgres: 18/trixie/Dockerfile",
    )
    .stepping_down("postgres", "gosu or su-exec", ARRANGE_AND_STEP)
    .on(&["postgres", "-*"])
    .writing(POSTGRES_WRITES),
    root(
        "docker.io/library/rabbitmq",
        "docker-library/rabbitmq: docker-entrypoint.sh",
    )
    .stepping_down("rabbitmq", "gosu or su-exec", OWN_AND_STEP)
    .on(&["rabbitmq*"]),
    root(
        "docker.io/library/redis",
        "redis/docker-library-redis: 7.2/alpine/docker-entrypoint.sh",
    )
    .stepping_down("redis", "gosu or su-exec", OWN_AND_STEP)
    .on(&["redis-server", "-*", "*.conf"])
    .tagged(Tags::Before(REDIS_WITH_SETPRIV))
    .writing(&[]),
    root(
        "docker.io/library/redis",
        "redis/docker-library-redis: debian/docker-entrypoint.sh",
    )
    .stepping_down("redis", "setpriv", ARRANGE_AND_SHED)
    .on(REDIS_COMMANDS)
    .only_if_it_may()
    .sealing()
    .writing(&[]),
    root(
        "docker.io/library/rethinkdb",
        "docker-library/repo-info: repos/rethinkdb/remote/latest.md",
    ),
    runs_as(
        "docker.io/library/solr",
        "8983",
        "docker-library/repo-info: repos/solr/remote/latest.md",
    )
    .account("solr", 8983),
    root(
        "docker.io/library/zookeeper",
        "31z4/zookeeper-docker: 3.9.5/docker-entrypoint.sh",
    )
    .account("zookeeper", 1000)
    .stepping_down("zookeeper", "gosu or su-exec", OWN_AND_STEP)
    .on(&["zkServer.sh"]),
    root(
        "docker.io/manticoresearch/manticore",
        "manticoresoftware/docker: docker-entrypoint.sh",
    )
    .stepping_down("manticore", "gosu", OWN_AND_STEP)
    .on(&["searchd", "-*"]),
    root("docker.io/minio/minio", "minio/minio: Dockerfile.release"),
    runs_as("docker.io/opensearchproject/opensearch", "1000", OPENSEARCH)
        .account("opensearch", 1000),
    root(
        "docker.io/pgvector/pgvector",
        "pgvector/pgvector: Dockerfile",
    )
    .stepping_down("postgres", "gosu or su-exec", ARRANGE_AND_STEP)
    .on(&["postgres", "-*"])
    .writing(POSTGRES_WRITES),
    root(
        "docker.io/postgis/postgis",
        "postgis/docker-postgis: 16-3.4/Dockerfile",
    )
    .stepping_down("postgres", "gosu or su-exec", ARRANGE_AND_STEP)
    .on(&["postgres", "-*"])
    .writing(POSTGRES_WRITES),
    root(
        "docker.io/valkey/valkey",
        "valkey-io/valkey-container: docker-entrypoint.sh",
    )
    .stepping_down("valkey", "runuser or setpriv", OWN_AND_STEP)
    .on(&["valkey-server", "-*", "*.conf"])
    .writing(&[]),
];
