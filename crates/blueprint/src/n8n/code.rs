//! Code nodes: what they need, how many items they give, and the step that runs them.

use super::flow::Gives;
use super::workflow::Node;

/// Whether the code runs once for each item.
pub(crate) fn is_each(node: &Node) -> bool {
    node.kind == "functionItem" || node.text("mode", "runOnceForAllItems") == "runOnceForEachItem"
}

/// The code, where it is JavaScript.
pub(crate) fn source(node: &Node) -> Option<&str> {
    match node.kind.as_str() {
        "function" | "functionItem" => node.get("functionCode").as_str(),
        _ if node.text("language", "javaScript") == "javaScript" => node.get("jsCode").as_str(),
        _ => None,
    }
}

/// How many items come of it, as far as its `return`s tell.
pub(crate) fn gives(node: &Node) -> Gives {
    if is_each(node) {
        return Gives::One;
    }
    let code = source(node).unwrap_or_default();
    let returns = returns(code);
    let single = !returns.is_empty() && returns.iter().all(|at| is_single(&code[*at..], code));
    if single { Gives::One } else { Gives::Many }
}

/// What code uses that is not there.
pub(crate) fn missing(code: &str) -> Option<&'static str> {
    const ABSENT: [(&str, &str); 12] = [
        ("require(", "it uses packages of Node.js"),
        ("StaticData(", "it keeps values between runs: a data store does that here"),
        ("this.helpers", "it makes calls: a step `http.request` does that here"),
        ("$helpers", "it makes calls: a step `http.request` does that here"),
        ("fetch(", "it makes calls: a step `http.request` does that here"),
        ("getBinaryData", "it reads files of items"),
        ("prepareBinaryData", "it makes files of items"),
        (".binary", "it reads files of items"),
        ("process.env", "it reads the environment"),
        ("Buffer.", "it uses `Buffer` of Node.js"),
        ("setTimeout(", "it waits: a step `wait` does that here"),
        ("$jmespath(", "it uses JMESPath"),
    ];
    ABSENT.iter().find(|(what, _)| code.contains(what)).map(|(_, why)| *why)
}

/// The names of other nodes that code or an expression reads.
pub(crate) fn named_nodes(code: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for opening in ["$(", "$node[", "$items(", "$node."] {
        for (at, _) in code.match_indices(opening) {
            let behind = code[at + opening.len()..].trim_start();
            let name = match behind.chars().next() {
                Some(quote @ ('"' | '\'' | '`')) => behind[1..].split(quote).next().unwrap_or_default().to_owned(),
                _ if opening == "$node." => behind.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect(),
                _ => continue,
            };
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// What is open at a place of the code.
struct Open {
    sign: char,
    /// Whether a `return` within is one of the whole code.
    is_own: bool,
    /// The word before a parenthesis.
    word: String,
}

/// Where the values begin that the code itself returns: not those of functions in it.
fn returns(code: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let (mut word, mut last, mut closed) = (String::new(), ' ', String::new());
    let mut letters = code.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        match letter {
            '/' if next == Some('/') => skip(&mut letters, |c| c == '\n'),
            '/' if next == Some('*') => {
                let mut star = false;
                letters.next();
                skip(&mut letters, |c| std::mem::replace(&mut star, c == '*') && c == '/');
            }
            '"' | '\'' | '`' => {
                let mut escaped = false;
                skip(&mut letters, |c| {
                    let ends = c == letter && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                });
                (last, word) = ('"', String::new());
            }
            '(' | '[' | '{' => {
                let is_block = letter == '{' && is_block(last, &word, &closed);
                let is_own = is_block && open.iter().all(|around| around.is_own);
                open.push(Open { sign: letter, is_own, word: std::mem::take(&mut word) });
                last = letter;
            }
            ')' | ']' | '}' => {
                if let Some(around) = open.pop()
                    && around.sign == '('
                {
                    closed = around.word;
                }
                (last, word) = (letter, String::new());
            }
            _ if letter.is_alphanumeric() || letter == '_' || letter == '$' => {
                if !last.is_alphanumeric() {
                    word.clear();
                }
                word.push(letter);
                last = letter;
                let ends = !next.is_some_and(|next| next.is_alphanumeric() || next == '_' || next == '$');
                if word == "return" && ends && open.iter().all(|around| around.is_own) {
                    found.push(at + 1);
                }
            }
            _ if letter.is_whitespace() => {
                // A word ends here; what stands before a bracket is still known.
                if last.is_alphanumeric() {
                    last = ' ';
                }
            }
            _ => (last, word) = (letter, String::new()),
        }
    }
    found
}

/// Passes letters up to the one at which it ends.
fn skip(letters: &mut impl Iterator<Item = (usize, char)>, mut ends: impl FnMut(char) -> bool) {
    letters.find(|(_, letter)| ends(*letter));
}

/// Whether a brace opens a block of statements that is not a function's.
fn is_block(last: char, word: &str, closed: &str) -> bool {
    match last {
        ')' => matches!(closed, "if" | "for" | "while" | "switch" | "catch"),
        ';' | '{' | '}' => true,
        _ => matches!(word, "else" | "try" | "finally" | "do"),
    }
}

/// Whether what is returned is one item.
fn is_single(value: &str, code: &str) -> bool {
    let value = value.trim_start();
    match value.chars().next() {
        Some('[') => list_is_single(value),
        Some('{') => true,
        Some(_) => {
            let name: String = value.chars().take_while(|c| c.is_alphanumeric() || "_$.()".contains(*c)).collect();
            match name.as_str() {
                "item" | "$input.item" | "$input.first()" | "items[0]" | "$json" => true,
                _ => is_declared_single(&name, code),
            }
        }
        None => false,
    }
}

/// Whether the list that begins here has one item at most, written out.
fn list_is_single(value: &str) -> bool {
    let (mut depth, mut commas, mut quote) = (0_i32, 0, None);
    let mut letters = value.chars().peekable();
    let mut last = ' ';
    while let Some(letter) = letters.next() {
        if let Some(open) = quote {
            if letter == '\\' {
                letters.next();
            } else if letter == open {
                quote = None;
            }
            continue;
        }
        match letter {
            '"' | '\'' | '`' => quote = Some(letter),
            '[' | '{' | '(' => depth += 1,
            ']' | '}' | ')' => {
                depth -= 1;
                if depth == 0 {
                    return commas == 0 || (commas == 1 && last == ',');
                }
            }
            ',' if depth == 1 => commas += 1,
            '.' if depth == 1 && last == '.' => return false,
            _ => {}
        }
        if !letter.is_whitespace() {
            last = letter;
        }
    }
    false
}

/// Whether a variable of this name is made as a map.
fn is_declared_single(name: &str, code: &str) -> bool {
    ["const ", "let ", "var "].iter().any(|keyword| {
        code.match_indices(&format!("{keyword}{name}")).any(|(at, found)| {
            let behind = code[at + found.len()..].trim_start();
            behind.strip_prefix('=').is_some_and(|value| value.trim_start().starts_with('{'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(code: &str, expected: Gives) {
        let node = Node { kind: "code".to_owned(), parameters: json!({ "jsCode": code }), ..Node::default() };
        assert_eq!(gives(&node), expected, "{code}");
    }

    #[test]
    fn returns_tell_how_many_items_come() {
        check("return [{ json: { a: [1, 2], b: 'x, y' } }];", Gives::One);
        check("return { json: { a: 1 } }", Gives::One);
        check("return [{json: {a: 1}}, {json: {a: 2}}]", Gives::Many);
        check("return items.map(i => { return { json: i.json } })", Gives::Many);
        check("const list = []; for (const x of items) { list.push(x) } return list", Gives::Many);
        check("if (!x) { return [{ json: {} }]; }\nreturn { a: 1 };", Gives::One);
        check("if (!x) { return []; } return items;", Gives::Many);
        check("const out = { a: 1 };\nreturn out;", Gives::One);
        check("items.forEach(function(i) { return [1, 2] }); return [ { json: {} }, ];", Gives::One);
        check("// return [1, 2]\nreturn [...items]", Gives::Many);
        check("const a = 1", Gives::Many);
    }

    #[test]
    fn nodes_that_code_reads_are_found() {
        let code = "$('A b').first().json.x + $node[\"C\"].json.y + $node.D.json.z + $items('E')[0] + $('A b').all()";
        assert_eq!(named_nodes(code), ["A b", "C", "E", "D"]);
    }
}
