//! The names of the official images, which stand without an owner.

/// The files in `library` of docker-library/official-images, those of images that are no longer built
/// among them: their tags can still be pulled.
#[rustfmt::skip]
const OFFICIAL: &[&str] = &[
    "adminer", "aerospike", "almalinux", "alpine", "alt", "amazoncorretto", "amazonlinux",
    "api-firewall", "arangodb", "archlinux", "backdrop", "bash", "bonita", "buildpack-deps", "busybox",
    "caddy", "cassandra", "centos", "chronograf", "cirros", "clearlinux", "clefos", "clickhouse",
    "clojure", "composer", "consul", "convertigo", "couchbase", "couchdb", "crate", "dart", "debian",
    "docker", "drupal", "eclipse-mosquitto", "eclipse-temurin", "eggdrop", "elasticsearch", "elixir",
    "emqx", "erlang", "express-gateway", "fedora", "flink", "fluentd", "friendica", "gazebo", "gcc",
    "geonetwork", "ghost", "golang", "gradle", "groovy", "haproxy", "haskell", "haxe", "hello-world",
    "hitch", "httpd", "hylang", "ibm-semeru-runtimes", "ibmjava", "influxdb", "irssi", "jetty", "jobber",
    "joomla", "jruby", "julia", "kapacitor", "kibana", "kong", "krakend", "lightstreamer", "liquibase",
    "logstash", "mageia", "mariadb", "matomo", "maven", "mediawiki", "memcached", "mongo",
    "mongo-express", "monica", "mono", "mysql", "nats", "nats-streaming", "neo4j", "neurodebian",
    "nextcloud", "nginx", "node", "notary", "nuxeo", "odoo", "open-liberty", "openjdk", "opensuse",
    "oraclelinux", "orientdb", "percona", "perl", "photon", "php", "php-zendserver", "phpmyadmin",
    "plone", "postfixadmin", "postgres", "pypy", "python", "r-base", "rabbitmq", "rakudo-star", "redis",
    "redmine", "registry", "rethinkdb", "rocket.chat", "rockylinux", "ros", "ruby", "rust", "sapmachine",
    "satosa", "silverpeas", "sl", "solr", "sonarqube", "sourcemage", "spark", "spiped", "storm", "swarm",
    "swift", "swipl", "teamspeak", "telegraf", "thrift", "tomcat", "tomee", "traefik", "ubuntu",
    "ubuntu-debootstrap", "ubuntu-upstart", "unit", "varnish", "vault", "websphere-liberty", "wordpress",
    "xwiki", "yourls", "znc", "zookeeper",
];

/// Whether a name without registry and owner is that of an official image.
pub fn is_official(name: &str) -> bool {
    OFFICIAL.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_in_order() {
        assert!(OFFICIAL.is_sorted());
        assert!(is_official("varnish") && is_official("rocket.chat"));
        assert!(!is_official("web") && !is_official(""));
    }
}
