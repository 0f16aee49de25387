use crate::{FILES, of};

#[test]
fn every_container_has_a_row() {
    let table = of(FILES, |posture| posture.table());
    assert_eq!(
        table,
        "  container  line  user         capabilities        seccomp  of the host          ro nnp mem cpu pid
compose.yaml
  web           2  65532:65532  default +NET_ADMIN  default  Docker socket,       ✓  -   ✓   ?   -
                                                             /etc:ro, ./conf
  agent        12  ?            all                 off      privileged, network  -  -   -   -   -
  database     17  root         none                off      -                    -  ✓   -   -   -
web/Dockerfile
  final         3  65532:65532

ro: read-only root · nnp: no-new-privileges · mem, cpu, pid: limited · ✓ yes · - no · ? unknown
A Dockerfile says as whom its image starts; who runs the image decides the rest.
"
    );
}

#[test]
fn no_line_is_wider_than_a_hundred_columns_and_nothing_is_lost() {
    let name =
        "a-service-with-a-name-that-nobody-wants-to-type-漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字";
    let path =
        "deep/folders/in/a/repository/that/nobody/tidied/up/for/many/years/docker-compose.yaml";
    let compose = format!(
        "services:\n  {name}:\n    image: scratch-less/thing\n    user: 'averylongusername:averylonggroupname'\n    \
         cap_drop: [ALL]\n    cap_add: [CHECKPOINT_RESTORE, DAC_READ_SEARCH, NET_BIND_SERVICE]\n    \
         security_opt: ['seccomp=./a-profile-with-a-long-name.json']\n    volumes: ['/srv/some/where/deep:/x']\n"
    );
    let table = of(&[(path, &compose)], |posture| posture.table());
    let width = |line: &str| -> usize {
        line.chars()
            .map(|one| if one >= '\u{2e80}' { 2 } else { 1 })
            .sum()
    };
    for line in table.lines() {
        assert!(width(line) <= 100, "{line}");
    }
    let letters = |text: &str| text.chars().filter(|one| !one.is_whitespace()).count();
    let whole = [
        name,
        path,
        "averylongusername:averylonggroupname",
        "a-profile-with-a-long-name.json",
    ];
    let whole: usize = whole.map(letters).iter().sum();
    let rows: String = table
        .lines()
        .skip(1)
        .take_while(|line| !line.is_empty())
        .collect();
    assert!(letters(&rows) > whole, "{table}");
}

#[test]
fn what_a_file_says_does_nothing_to_a_terminal() {
    let compose = "services:\n  \"a\\e[31mb\":\n    image: x\n    user: \"u\\e]0;x\"\n";
    let table = of(&[("compose.yaml", compose)], |posture| posture.table());
    assert!(
        !table.contains('\u{1b}') && table.contains("a␛[31mb"),
        "{table}"
    );
}

#[test]
fn things_of_the_host_beyond_the_fourth_are_counted() {
    let volumes: Vec<String> = (0..9).map(|at| format!("'/p{at}:/t{at}'")).collect();
    let volumes = volumes.join(", ");
    let compose = format!("services:\n  a:\n    image: x\n    volumes: [{volumes}]\n");
    let table = of(&[("compose.yaml", &compose)], |posture| posture.table());
    assert!(
        table.contains("/p3,") && table.contains("5 more") && !table.contains("/p4"),
        "{table}"
    );
}

#[test]
fn nothing_declared_is_said() {
    let table = of(&[("README.md", "nothing")], |posture| posture.table());
    assert_eq!(table, "no container is declared here\n");
}
