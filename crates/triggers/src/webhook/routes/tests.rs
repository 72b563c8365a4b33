//! Which webhook a path and method mean, as tables.

use super::*;

fn routes(patterns: &[(&str, &[&str])]) -> (Routes<usize>, Vec<Conflict>) {
    let endpoints = patterns.iter().enumerate().map(|(target, (pattern, methods))| Endpoint {
        pattern: pattern.parse().unwrap(),
        methods: methods.iter().map(|method| (*method).to_owned()).collect(),
        target,
    });
    Routes::build(endpoints.collect())
}

/// The pattern that is found, and the values of its names as `name=value`.
fn found(routes: &Routes<usize>, path: &str) -> Option<(usize, String, String)> {
    match routes.lookup(path, "POST") {
        Lookup::Found(found) => {
            let params: Vec<String> = found.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
            Some((*found.target, found.path.into_owned(), params.join(" ")))
        }
        Lookup::NotFound => None,
        Lookup::MethodNotAllowed { .. } => panic!("every method is taken"),
    }
}

#[test]
fn paths() {
    let patterns = ["orders", "orders/{id}", "orders/new", "{shop}/items", "orders/{id}/lines/{line}", "中文", "a b"];
    let (routes, conflicts) = routes(&patterns.map(|pattern| (pattern, &[][..])));
    assert_eq!(conflicts, []);
    let check = |path: &str, expected: Option<(usize, &str, &str)>| {
        let expected = expected.map(|(target, path, params)| (target, path.to_owned(), params.to_owned()));
        assert_eq!(found(&routes, path), expected, "{path}");
    };
    check("orders", Some((0, "orders", "")));
    check("orders/", Some((0, "orders", "")));
    check("/orders/", Some((0, "orders", "")));
    check("%6Frders", Some((0, "orders", "")));
    check("orders/7", Some((1, "orders/7", "id=7")));
    check("orders/7/", Some((1, "orders/7", "id=7")));
    check("orders/a%2Fb", Some((1, "orders/a/b", "id=a/b")));
    check("orders/%E4%B8%AD", Some((1, "orders/中", "id=中")));
    check("orders/..", Some((1, "orders/..", "id=..")));
    check("orders/new", Some((2, "orders/new", "")));
    check("orders/ne%77", Some((2, "orders/new", "")));
    check("orders/items", Some((1, "orders/items", "id=items")));
    check("books/items", Some((3, "books/items", "shop=books")));
    check("orders/7/lines/2", Some((4, "orders/7/lines/2", "id=7 line=2")));
    check("%E4%B8%AD%E6%96%87", Some((5, "中文", "")));
    check("a%20b", Some((6, "a b", "")));
    check("a+b", None);
    check("orders//", None);
    check("orders/7/lines", None);
    check("orders%2Fnew", None);
    check("Orders", None);
    check("%ff", None);
    check("", None);
    check("/", None);
}

#[test]
fn going_back_leaves_no_values_behind() {
    let (routes, _) = routes(&[("{a}/{b}/x", &[]), ("{a}/y/{c}", &[])]);
    assert_eq!(found(&routes, "1/y/x"), Some((1, "1/y/x".into(), "a=1 c=x".into())));
    assert_eq!(found(&routes, "1/2/x"), Some((0, "1/2/x".into(), "a=1 b=2".into())));
    assert_eq!(found(&routes, "1/2/z"), None);
}

#[test]
fn conflicts() {
    let check = |patterns: &[&str], expected: &[(usize, usize)]| {
        let patterns: Vec<(&str, &[&str])> = patterns.iter().map(|pattern| (*pattern, &[][..])).collect();
        let (_, conflicts) = routes(&patterns);
        let conflicts: Vec<_> = conflicts.iter().map(|conflict| (conflict.served, conflict.shadowed)).collect();
        assert_eq!(conflicts, expected, "{patterns:?}");
    };
    check(&["a", "b", "a"], &[(0, 2)]);
    check(&["a", "/a/"], &[(0, 1)]);
    check(&["x", "a/{x}", "a/{y}", "a/{z}"], &[(1, 2), (1, 3)]);
    check(&["a/b", "a/{x}", "{x}/b", "{x}/{y}"], &[]);
}

#[test]
fn a_shadowed_webhook_is_not_served() {
    let (routes, _) = routes(&[("a", &["POST"]), ("a", &["GET"]), ("b", &[])]);
    assert!(matches!(routes.lookup("a", "GET"), Lookup::MethodNotAllowed { .. }));
    assert_eq!(found(&routes, "b"), Some((2, "b".into(), String::new())));
}

#[test]
fn w13_methods() {
    let (routes, _) = routes(&[("any", &[]), ("some", &["POST", "GET", "HEAD"]), ("none/{x}", &["HEAD"])]);
    let check = |path: &str, method: &str, expected: Result<usize, &[&str]>| {
        let answer = match routes.lookup(path, method) {
            Lookup::Found(found) => Ok(*found.target),
            Lookup::MethodNotAllowed { allow, .. } => Err(allow.join(" ")),
            Lookup::NotFound => panic!("{path} exists"),
        };
        assert_eq!(answer, expected.map_err(|allow| allow.join(" ")), "{method} {path}");
    };
    const COMMON: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE"];
    check("any", "GET", Ok(0));
    check("any", "PROPFIND", Ok(0));
    check("any", "HEAD", Err(COMMON));
    check("any", "OPTIONS", Err(COMMON));
    check("any", "TRACE", Err(COMMON));
    check("some", "POST", Ok(1));
    check("some", "GET", Ok(1));
    check("some", "HEAD", Err(&["POST", "GET"]));
    check("some", "OPTIONS", Err(&["POST", "GET"]));
    check("some", "PUT", Err(&["POST", "GET"]));
    check("some", "post", Err(&["POST", "GET"]));
    check("none/1", "HEAD", Err(&[]));
    check("none/1", "GET", Err(&[]));
}

#[test]
fn patterns_that_are_none() {
    use super::super::pattern::InvalidPattern::*;
    let check = |path: &str, expected| assert_eq!(path.parse::<Pattern>(), Err(expected), "{path}");
    check("", Empty);
    check("/", Empty);
    check("a//b", EmptySegment);
    check("a/{}", Braces("{}".into()));
    check("a/x{id}", Braces("x{id}".into()));
    check("a/{id", Braces("{id".into()));
    check("a/{1d}", Braces("{1d}".into()));
    check("a/{i-d}", Braces("{i-d}".into()));
    check("{a}/b/{a}", SameName("a".into()));
    check(&"a/".repeat(33), TooLong);
}
