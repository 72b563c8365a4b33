//! What is put in, and what is refused.

use super::*;
use crate::diagnostic::Place;

fn credential(text: &str) -> Option<Credential> {
    let template = Template::parse(text, &|_| Place::default()).unwrap();
    Credential::of(&template).ok()
}

fn resolved(text: &str) -> Result<String, String> {
    let secret = |name: &str| match name {
        "key" => Ok(Secret::new("hunter2")),
        "nothing" => Ok(Secret::new("")),
        _ => Err(Unavailable::unknown(name)),
    };
    let env = |name: &str| (name == "USER").then(|| "ada".to_owned());
    let found = credential(text).unwrap().resolve(secret, env);
    found.map(|secret| secret.reveal().to_owned()).map_err(|why| why.message)
}

#[test]
fn secrets_and_variables_are_put_in() {
    assert_eq!(resolved("{{ secrets.key }}"), Ok("hunter2".to_owned()));
    assert_eq!(resolved("Bearer {{ secrets.key }}/{{ env.USER }}"), Ok("Bearer hunter2/ada".to_owned()));
    assert_eq!(resolved("as it is"), Ok("as it is".to_owned()));
    assert_eq!(resolved(""), Ok(String::new()));
}

#[test]
fn what_is_not_there_or_empty_is_told() {
    assert_eq!(resolved("{{ secrets.other }}"), Err("there is no secret `other`".to_owned()));
    assert_eq!(resolved("{{ secrets.nothing }}"), Err("`secrets.nothing` is empty".to_owned()));
    assert_eq!(resolved("x{{ secrets.nothing }}"), Err("`secrets.nothing` is empty".to_owned()));
    let missing = resolved("{{ env.HOME }}");
    assert_eq!(missing, Err("there is no variable `HOME` that scenarios may read".to_owned()));
}

#[test]
fn nothing_else_has_a_place() {
    for text in
        ["{{ trigger.body }}", "{{ env }}", "{{ env?.USER }}", "{{ env.USER.len() }}", "{{ 1 }}", "a {{ run.id }}"]
    {
        assert_eq!(credential(text), None, "{text}");
    }
    assert_eq!(credential("{timestamp}.{body}").unwrap().plain(), Some("{timestamp}.{body}"));
    assert_eq!(credential("{{ secrets.key }}").unwrap().plain(), None);
}

#[test]
fn texts_are_not_shown() {
    let shown = format!("{:?}", credential("hunter2 {{ secrets.key }} {{ env.USER }}").unwrap());
    assert!(!shown.contains("hunter2") && shown.contains("secrets.key") && shown.contains("env.USER"), "{shown}");
}
