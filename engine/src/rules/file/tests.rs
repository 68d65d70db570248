//! Files of rules: what is wrong is said with its line; the users' rules come first.

use crate::rules::Rules;
use std::path::Path;

const RULE: &str = r#"
[[rule]]
name = "tenant-map"
title = "tenants are never forgotten"
path = [".. !com.acme.Tenants#all .."]
why = "Because."
mend = "Forget them."
link = "https://wiki.acme.example/tenants"
nature = "leak"
confidence = 0.9
"#;

fn with(text: &str) -> Result<Rules, String> {
    Rules::built_in().unwrap().with_text(text, Path::new("acme.toml")).map_err(|error| error.to_string())
}

/// Fails unless the rule with `from` replaced by `to` is refused in words that begin with `expected`.
fn check(from: &str, to: &str, expected: &str) {
    let said = with(&RULE.replace(from, to)).expect_err(to);
    assert!(said.starts_with(expected), "{to}: {said}");
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    check("!com", "com", "acme.toml:5: rule tenant-map: no reference is marked with ! (put ! before");
    check(
        "Tenants#all",
        "Tenants#",
        "acme.toml:5: rule tenant-map: com.acme.Tenants# has no field (write Class#field",
    );
    check(
        "[\".. !com.acme.Tenants#all ..\"]",
        "[]",
        "acme.toml:3: rule tenant-map: there is no path (write path = ",
    );
    check("0.9", "1.5", "acme.toml:10: rule tenant-map: the confidence is not between 0 and 1 (");
    check("\"leak\"", "\"leek\"", "acme.toml:9: unknown variant `leek`, expected one of `leak`, `cache`");
    check("title", "titel", "acme.toml:4: unknown field `titel`, expected one of `name`, `title`");
    check("mend = \"Forget them.\"\n", "", "acme.toml:2: missing field `mend`");
    check(
        "nature",
        "where = [\"big\"]\nnature",
        "acme.toml:9: rule tenant-map: no condition is called big (known: each, ",
    );
    check("name = ", "name = = ", "acme.toml:3: ");
    let twice = with(&format!("{RULE}{RULE}")).unwrap_err();
    assert!(twice.starts_with("acme.toml:13: a second rule is called tenant-map ("), "{twice}");
}

#[test]
fn the_users_rules_come_first_and_replace_those_of_their_name() {
    let built_in = Rules::built_in().unwrap().all().len();
    let rules = with(RULE).unwrap();
    assert_eq!((rules.all().len(), rules.all()[0].name.as_str()), (built_in + 1, "tenant-map"));
    let rules = with(&RULE.replace("tenant-map", "thread-local")).unwrap();
    assert_eq!((rules.all().len(), rules.all()[0].title.as_str()), (built_in, "tenants are never forgotten"));
}

#[test]
fn containers_of_the_user_are_added() {
    let text = format!("containers = [\"com.acme.Bag\"]\n{RULE}")
        .replace(".. !com.acme.Tenants#all ..", ".. !com.acme.Tenants#all ~ com.acme.Tenant");
    let path = "class: static com.acme.A -ONE- com.acme.Tenants -all- com.acme.Bag -first- com.acme.Tenant";
    let found = |rules: &Rules| super::super::find::tests::found(rules, path);
    assert_eq!(found(&with(&text).unwrap()).unwrap().0, "tenant-map");
    assert_eq!(found(&with(&text.replace("com.acme.Bag", "com.acme.Box")).unwrap()), None);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let said = Rules::built_in().unwrap().with_file(Path::new("no/such.toml")).unwrap_err();
    assert!(said.to_string().starts_with("no/such.toml: "), "{said}");
}
